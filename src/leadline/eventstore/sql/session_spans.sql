-- The leads whose sessions are made again, and between which moments: the changed days, and every run of activity that
-- reaches into them or lies within the inactivity that ends a run. Of a lead that won or lost an identity, everything.
CREATE OR REPLACE TEMP TABLE session_spans AS
WITH changed AS (
    SELECT lead, min(day)::TIMESTAMP AS since, (max(day) + 1)::TIMESTAMP AS until
    FROM touched JOIN identity_lead USING (identity)
    GROUP BY lead
),
moved AS (
    SELECT min(run_started_at) AS since, max(run_ended_at) AS until
    FROM sessions WHERE lead IN (SELECT unnest($moved::BIGINT[]))
),
wanted AS (
    SELECT lead, since, until FROM changed
    UNION ALL
    SELECT lead, since, until FROM (SELECT unnest($moved::BIGINT[]) AS lead), moved WHERE since IS NOT NULL
),
spans AS (SELECT lead, min(since) AS since, max(until) AS until FROM wanted GROUP BY lead)
SELECT spans.lead,
    least(min(spans.since), min(run_started_at)) AS since,
    greatest(max(spans.until), max(run_ended_at)) AS until
FROM spans LEFT JOIN sessions
    ON sessions.lead = spans.lead
    AND run_ended_at >= spans.since - INTERVAL 30 MINUTE AND run_started_at <= spans.until + INTERVAL 30 MINUTE
GROUP BY spans.lead
