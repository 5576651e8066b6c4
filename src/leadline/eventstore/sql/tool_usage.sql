-- By tool: people, uses, completed uses and their share, how many of the people have qualified, and how many used it more
-- than once. The days let whole row groups be skipped; the moments are exact.
WITH uses AS (
    SELECT lead, json_extract_string(properties, '/tool') AS tool,
        json_extract_string(properties, '/completed') = 'true' AS completed
    FROM events JOIN identity_lead USING (identity)
    WHERE kind = 'track' AND name = 'Tool Used' AND NOT bot AND NOT internal
        AND day BETWEEN $start::DATE AND $end::DATE AND occurred_at >= $start AND occurred_at < $end
        AND occurred_at <= $now
),
by_person AS (
    SELECT lead, tool, count(*) AS uses, count(*) FILTER (WHERE completed) AS completed FROM uses WHERE tool IS NOT NULL GROUP BY lead, tool
)
SELECT tool, count(*), sum(uses)::BIGINT, sum(completed)::BIGINT, sum(completed) / sum(uses),
    count(*) FILTER (WHERE qualified_at <= $now), count(*) FILTER (WHERE uses > 1)
FROM by_person JOIN memory.main.people AS people USING (lead)
WHERE {who}
GROUP BY tool ORDER BY 2 DESC, 1
