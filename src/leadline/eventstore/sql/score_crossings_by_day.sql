-- The same over the past, with the totals as they were at the ends of UTC days: (lead, day, total, base, grade, stage).
WITH known AS (
    SELECT lead, as_of, max_by(total, load_seq) AS total FROM scores GROUP BY lead, as_of
), days AS (
    SELECT lead, as_of::DATE AS day, max_by(total, (as_of, load_seq)) AS total, max_by(grade, (as_of, load_seq)) AS grade,
        max_by(stage, (as_of, load_seq)) AS stage
    FROM scores GROUP BY lead, as_of::DATE
), told AS (
    SELECT *, coalesce(lag(total) OVER (PARTITION BY lead ORDER BY day), 0) AS earlier,
        (day - $days)::TIMESTAMP AS compared
    FROM days
    QUALIFY day >= $first AND $sign * (total - earlier) > 0
)
SELECT told.lead, told.day, told.total, coalesce(base.total, 0), told.grade, told.stage
FROM told ASOF LEFT JOIN known AS base ON base.lead = told.lead AND base.as_of <= told.compared
WHERE $sign * (told.total - coalesce(base.total, 0)) >= $least
    AND $sign * (told.earlier - coalesce(base.total, 0)) < $least
ORDER BY told.day, told.lead
