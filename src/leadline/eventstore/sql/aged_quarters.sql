-- The quarters of an hour in which these people did anything that a metric counts.
WITH done AS (
    SELECT occurred_at AS moment FROM events JOIN identity_lead USING (identity)
    WHERE kind = 'track' AND lead IN (SELECT unnest($going::BIGINT[]))
    UNION ALL SELECT started_at FROM memory.main.touches WHERE lead IN (SELECT unnest($going::BIGINT[]))
    UNION ALL SELECT converted_at FROM memory.main.conversions WHERE lead IN (SELECT unnest($going::BIGINT[]))
    UNION ALL SELECT unnest([first_seen_at, known_at, qualified_at, customer_at]) FROM memory.main.people
    WHERE lead IN (SELECT unnest($going::BIGINT[]))
)
SELECT DISTINCT time_bucket(INTERVAL 15 MINUTE, moment) AS start FROM done WHERE moment IS NOT NULL ORDER BY start
