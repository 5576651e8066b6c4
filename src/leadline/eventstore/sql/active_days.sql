-- By local day and by how long it was until the person's next active day (in days; never: the cap): how many people. A day
-- is active when a visit began in it. Days tile the span, so that the latest beginning before a visit is its day.
WITH days AS (SELECT unnest($numbers) AS number, unnest($starts) AS began),
active AS (
    SELECT DISTINCT lead, number
    FROM (
        SELECT lead, started_at FROM memory.main.touches AS touches {people}
        WHERE started_at >= $since AND started_at < $until AND started_at <= $now AND {who}
    ) ASOF JOIN days ON started_at >= began
),
gaps AS (SELECT number, lead(number) OVER (PARTITION BY lead ORDER BY number) - number AS gap FROM active)
SELECT number, least(coalesce(gap, $cap), $cap) AS gap, count(*) FROM gaps GROUP BY ALL
