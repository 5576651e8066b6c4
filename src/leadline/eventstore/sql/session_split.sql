-- Stretches of more than 24 hours: a new session begins with the first event more than 24 hours after the last began.
CREATE OR REPLACE TEMP TABLE session_stretches AS
WITH RECURSIVE long AS (
    SELECT lead, stretch, occurred_at, started_at FROM session_stretches
    WHERE stretch_ended_at - started_at > INTERVAL 24 HOUR
),
starts AS (
    SELECT DISTINCT lead, stretch, started_at AS began FROM long
    UNION ALL
    SELECT long.lead, long.stretch, min(occurred_at)
    FROM starts JOIN long ON long.lead = starts.lead AND long.stretch = starts.stretch
        AND occurred_at > began + INTERVAL 24 HOUR
    GROUP BY long.lead, long.stretch, began
)
SELECT session_stretches.* REPLACE (coalesce(starts.began, started_at) AS started_at)
FROM session_stretches ASOF LEFT JOIN starts
    ON session_stretches.lead = starts.lead AND session_stretches.stretch = starts.stretch
    AND occurred_at >= starts.began
