-- When each identity was first heard of, noise aside.
CREATE OR REPLACE TEMP TABLE seen AS
SELECT identity, min(first_at) AS first_at FROM (
    SELECT identity, min(occurred_at) AS first_at FROM store.events WHERE NOT bot AND NOT internal GROUP BY identity
    UNION ALL
    SELECT identity, min(occurred_at) FROM store.traits GROUP BY identity
) GROUP BY identity
