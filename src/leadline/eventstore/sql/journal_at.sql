-- The last evaluation at or before a moment. Scores of another day say nothing about when they were made.
SELECT seq, epoch_us(evaluated_at), kind, load_seq, edge_id, ruleset, NULL, said
FROM evaluations
WHERE evaluated_at <= $moment AND kind NOT IN ('as_of', 'back')
ORDER BY seq DESC
LIMIT 1
