-- By month of first visit and month of the deal, as places in the given months: the people and revenue. A month of NULL stands for
-- the cohort itself, -1 for all that was won before the cohort's month.
WITH months AS (
    SELECT unnest($begins) AS began, unnest($ends) AS ended, unnest(range(len($begins))) AS place
),
cohort AS (
    SELECT lead, place, began FROM (SELECT lead, min(started_at) AS began_at FROM memory.main.touches GROUP BY lead) AS first_visits
    JOIN memory.main.people AS people USING (lead) JOIN months ON began_at >= began AND began_at < ended
    WHERE {who}
),
won AS (
    SELECT lead, place AS month, value, converted_at FROM memory.main.conversions AS conversions
    LEFT JOIN months ON converted_at >= began AND converted_at < ended
    WHERE name = $name AND converted_at <= $now AND (cancelled_at IS NULL OR cancelled_at > $now)
)
SELECT cohort.place, NULL AS month, count(*) AS people, 0 AS deals, 0.0 AS revenue FROM cohort GROUP BY 1
UNION ALL
SELECT cohort.place, month, count(DISTINCT lead), count(*), coalesce(sum(value), 0)::DOUBLE
FROM cohort JOIN won USING (lead) WHERE month >= cohort.place GROUP BY 1, 2
UNION ALL
SELECT cohort.place, -1 AS month, count(DISTINCT lead), count(*), coalesce(sum(value), 0)::DOUBLE
FROM cohort JOIN won USING (lead) WHERE converted_at < cohort.began GROUP BY 1
ORDER BY 1, 2 NULLS FIRST
