-- Activity in runs without a gap of more than 30 minutes, and those in stretches of one campaign.
CREATE OR REPLACE TEMP TABLE session_stretches AS
WITH gaps AS (
    SELECT *, occurred_at - lag(occurred_at) OVER person > INTERVAL 30 MINUTE
        OR lag(occurred_at) OVER person IS NULL AS begins_run
    FROM session_activity
    WINDOW person AS (PARTITION BY lead ORDER BY occurred_at, message_hash)
),
runs AS (
    SELECT *, count_if(begins_run) OVER (PARTITION BY lead ORDER BY occurred_at, message_hash ROWS UNBOUNDED PRECEDING)
        AS run
    FROM gaps
),
campaigns AS (
    SELECT *,
        last_value(CASE WHEN has_campaign THEN campaign END IGNORE NULLS) OVER (
            PARTITION BY lead, run ORDER BY occurred_at, message_hash ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS campaign_before,
        min(occurred_at) OVER (PARTITION BY lead, run) AS run_started_at,
        max(occurred_at) OVER (PARTITION BY lead, run) AS run_ended_at
    FROM runs
),
parts AS (
    SELECT *, begins_run OR (has_campaign AND campaign IS DISTINCT FROM campaign_before) AS begins_stretch
    FROM campaigns
),
stretches AS (
    SELECT *,
        count_if(begins_stretch) OVER (PARTITION BY lead ORDER BY occurred_at, message_hash ROWS UNBOUNDED PRECEDING)
        AS stretch
    FROM parts
)
SELECT * EXCLUDE (begins_run, begins_stretch, run),
    min(occurred_at) OVER (PARTITION BY lead, stretch) AS started_at,
    max(occurred_at) OVER (PARTITION BY lead, stretch) AS stretch_ended_at
FROM stretches
