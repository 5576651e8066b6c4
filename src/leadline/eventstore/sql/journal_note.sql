INSERT INTO evaluations
SELECT (SELECT coalesce(max(seq), 0) + 1 FROM evaluations), $at, $kind,
    (SELECT coalesce(max(load_seq), 0) FROM segments), (SELECT coalesce(max(edge_id), 0) FROM edges),
    $ruleset, $leads::BIGINT[], $said
