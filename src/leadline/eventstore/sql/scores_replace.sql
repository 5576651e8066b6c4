INSERT INTO current_scores
SELECT lead, $as_of, $load_seq, $ruleset, engagement, readiness, conversion, total, grade, stage, factors,
    week_ago_total
FROM changed
