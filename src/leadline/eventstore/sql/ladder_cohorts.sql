-- By the bucket in which people became known and by stage: how many there are, how many ever reached the stage, and for
-- each span of days how many had so long until now, and how many of those reached it within. Who is on a step of the
-- ladder has climbed those below it; but only who was in the stage qualified has qualified.
WITH wanted AS (SELECT unnest($places) AS place, unnest($starts) AS began, unnest($ends) AS ended),
spans AS (SELECT unnest($spans) AS days),
cohort AS (
    SELECT place, lead, known_at
    FROM memory.main.people AS people JOIN wanted ON known_at >= began AND known_at < ended
    WHERE known_at <= $now AND {who}
),
climbed AS (
    SELECT lead,
        min(moved_at) FILTER (to_stage IN ('profile_development', 'conversion_signals', 'qualified', 'customer'))
            AS profile_development,
        min(moved_at) FILTER (to_stage IN ('conversion_signals', 'qualified', 'customer')) AS conversion_signals,
        min(moved_at) FILTER (to_stage = 'qualified') AS qualified,
        min(moved_at) FILTER (to_stage = 'customer') AS customer
    FROM memory.main.moves WHERE moved_at <= $now GROUP BY lead
),
reached AS (
    SELECT place, known_at, unnest(['profile_development', 'conversion_signals', 'qualified', 'customer']) AS stage,
        unnest([profile_development, conversion_signals, qualified, customer]) AS reached_at
    FROM cohort LEFT JOIN climbed USING (lead)
)
SELECT place, stage, days, count(*), count(reached_at), count(*) FILTER (WHERE known_at <= $now - to_days(days)),
    count(*) FILTER (WHERE known_at <= $now - to_days(days) AND reached_at <= known_at + to_days(days))
FROM reached CROSS JOIN spans
GROUP BY place, stage, days
