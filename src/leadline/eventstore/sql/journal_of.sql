-- The evaluations that concern some leads or everybody, and every load: it says which edges came with it.
SELECT seq, epoch_us(evaluated_at), kind, load_seq, edge_id, ruleset,
    list_filter(leads, lead -> list_contains($leads::BIGINT[], lead)), said
FROM evaluations
WHERE kind = 'load' OR leads IS NULL OR list_has_any(leads, $leads::BIGINT[])
ORDER BY seq
