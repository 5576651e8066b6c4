-- How many people were active on how many local days.
WITH days AS (SELECT unnest($numbers) AS number, unnest($starts) AS began),
active AS (
    SELECT lead, count(DISTINCT number) AS days
    FROM (
        SELECT lead, started_at FROM memory.main.touches AS touches {people}
        WHERE started_at >= $since AND started_at < $until AND started_at <= $now AND {who}
    ) ASOF JOIN days ON started_at >= began
    GROUP BY lead
)
SELECT days, count(*) FROM active GROUP BY days ORDER BY days
