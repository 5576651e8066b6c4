-- Stays in stages that ended in a period: how long they took. The first stay began when the person was first seen.
WITH stays AS (
    SELECT from_stage AS stage, moved_at AS ended_at,
        coalesce(lag(moved_at) OVER (PARTITION BY lead ORDER BY moved_at), first_seen_at) AS began_at
    FROM memory.main.moves JOIN memory.main.people AS people USING (lead)
    WHERE {who}
),
took AS (
    SELECT stage, greatest(0, epoch_us(ended_at) - epoch_us(began_at)) / 1e6 AS seconds
    FROM stays WHERE ended_at >= $start AND ended_at < $end AND ended_at <= $now
)
SELECT stage, count(*), median(seconds), quantile_cont(seconds, 0.75), quantile_cont(seconds, 0.9) FROM took GROUP BY stage
