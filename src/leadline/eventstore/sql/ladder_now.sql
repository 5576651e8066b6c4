-- Who is in which stage now, and for how long.
WITH standing AS (
    SELECT coalesce(stage, 'initial_engagement') AS stage,
        greatest(0, epoch_us($now) - epoch_us(coalesce(stage_since, first_seen_at))) / 1e6 AS seconds
    FROM memory.main.people AS people WHERE {who}
)
SELECT stage, count(*), median(seconds) FROM standing GROUP BY stage
