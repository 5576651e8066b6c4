-- What people said of their country and industry: the latest of each.
CREATE OR REPLACE TEMP TABLE given_said AS
SELECT lead, arg_max(value, (occurred_at, message_hash)) FILTER (key = 'country') AS country,
    arg_max(value, (occurred_at, message_hash)) FILTER (key = 'industry') AS industry
FROM traits JOIN given_identities USING (identity)
WHERE key IN ('country', 'industry') AND present
GROUP BY lead
