-- What was reached within the period, numbered from 1, and, numbered from -1 down, people with touches in it who had not reached it by its end.
-- `opened_at` is when the person's latest opportunity before it was opened.
CREATE OR REPLACE TEMP TABLE attribution_goals AS
WITH reached AS (
    SELECT lead, made_at, value FROM ({reached}) AS reached JOIN memory.main.people AS people USING (lead)
    WHERE made_at < $until AND {who}
),
wanted AS (
    SELECT row_number() OVER (ORDER BY made_at, lead) AS number, lead, made_at,
        made_at - to_microseconds($lookback) AS since, value, false AS lost
    FROM reached WHERE made_at >= $since
    UNION ALL
    SELECT -row_number() OVER (ORDER BY lead), lead, $until - INTERVAL 1 MICROSECOND, $since - INTERVAL 1 MICROSECOND, NULL, true
    FROM memory.main.people AS people
    WHERE {who} AND lead NOT IN (SELECT lead FROM reached)
        AND lead IN (SELECT lead FROM memory.main.touches WHERE started_at >= $since AND started_at < $until
            AND (pages > 0 OR landing IS NOT NULL))
),
opened AS (
    SELECT wanted.number, max(converted_at) AS opened_at
    FROM wanted JOIN memory.main.conversions AS conversions USING (lead)
    WHERE conversions.name = 'opportunity' AND converted_at <= made_at GROUP BY wanted.number
)
SELECT number, lead, made_at, since, coalesce(value, 0)::DOUBLE AS value, known_at, opened_at, lost
FROM wanted JOIN memory.main.people AS people USING (lead) LEFT JOIN opened USING (number)
ORDER BY number
