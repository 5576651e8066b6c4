-- Which identities were a lead's, as far as the edges up to one were known.
WITH ever AS (SELECT DISTINCT identity FROM edges WHERE lead = $lead AND edge_id <= $edge_id)
SELECT identity
FROM edges SEMI JOIN ever USING (identity)
WHERE edge_id <= $edge_id
GROUP BY identity
HAVING arg_max(lead, edge_id) = $lead
ORDER BY identity
