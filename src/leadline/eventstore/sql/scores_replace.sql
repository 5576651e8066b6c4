INSERT INTO current_scores (
    lead, as_of, load_seq, ruleset, engagement, readiness, conversion, total, grade, stage, factors, week_ago_total,
    fit, fit_points, edge_id
)
SELECT lead, $as_of, $load_seq, $ruleset, engagement, readiness, conversion, total, grade, stage, factors,
    week_ago_total, fit, fit_points, (SELECT coalesce(max(edge_id), 0) FROM edges)
FROM changed
