INSERT INTO scores
SELECT lead, $as_of, $load_seq, $ruleset, engagement, readiness, conversion, total, grade, stage, factors FROM changed
