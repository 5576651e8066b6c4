INSERT INTO scores (
    lead, as_of, load_seq, ruleset, engagement, readiness, conversion, total, grade, stage, factors, fit, fit_points,
    edge_id
)
SELECT lead, $as_of, $load_seq, $ruleset, engagement, readiness, conversion, total, grade, stage, factors,
    fit, fit_points, (SELECT coalesce(max(edge_id), 0) FROM edges)
FROM changed
