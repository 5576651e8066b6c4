-- The newest rows that speak of what is known now, the newest first.
SELECT evaluated_at, kind, ruleset, leads
FROM evaluations
WHERE load_seq = (SELECT coalesce(max(load_seq), 0) FROM segments)
    AND edge_id = (SELECT coalesce(max(edge_id), 0) FROM edges)
ORDER BY seq DESC
LIMIT $most
