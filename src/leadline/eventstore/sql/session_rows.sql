-- One row for each session of `session_stretches`. Attention comes from heartbeats where there are any, else from the
-- gaps between events, two minutes of each at most; it is never more than the session lasted.
CREATE OR REPLACE TEMP TABLE fresh_sessions AS
WITH measured AS (
    SELECT *,
        CASE WHEN beat BETWEEN 0 AND 86400000 THEN floor(beat + 0.5)::BIGINT END AS beat_ms,
        epoch_us(occurred_at) - lag(epoch_us(occurred_at)) OVER (
            PARTITION BY lead, stretch, started_at ORDER BY occurred_at, message_hash
        ) AS gap_micros
    FROM session_stretches
),
summed AS (
    SELECT lead, stretch, started_at, any_value(run_started_at) AS run_started_at, any_value(run_ended_at) AS run_ended_at,
        max(occurred_at) AS ended_at, count(*) AS events, count_if(kind IN ('page', 'screen')) AS pages,
        sum(beat_ms) AS beats_ms, min(epoch_us(occurred_at) - coalesce(beat_ms, 0) * 1000) AS first_micros,
        sum(least(gap_micros, 120000000)) FILTER (WHERE gap_micros IS NOT NULL) // 1000 AS gaps_ms,
        arg_min(path, (occurred_at, message_hash)) AS path,
        arg_min(referrer_domain, (occurred_at, message_hash)) AS referrer_domain,
        arg_min(
            CASE WHEN has_campaign THEN campaign ELSE campaign_before END, (occurred_at, message_hash)
        ) AS campaign
    FROM measured
    GROUP BY lead, stretch, started_at
)
SELECT lead, run_started_at, run_ended_at, started_at, ended_at, events, pages,
    CASE WHEN beats_ms IS NULL THEN coalesce(gaps_ms, 0)
        ELSE least(beats_ms, (epoch_us(ended_at) - first_micros) // 1000) END::BIGINT AS engaged_ms,
    path, referrer_domain,
    campaign.source AS utm_source, campaign.medium AS utm_medium, campaign.name AS utm_campaign
FROM summed
