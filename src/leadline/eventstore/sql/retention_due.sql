-- Who is due: of the candidates those of whom nothing was heard for the longest period of the sources that they were seen
-- by. Told with the source that decides: of several that keep as long, the one that saw them last.
CREATE OR REPLACE TEMP TABLE due_people AS
WITH pointing AS (SELECT identity, lead FROM identity_lead SEMI JOIN due_candidates USING (lead)),
seen AS (SELECT lead, source, max(occurred_at) AS seen_at FROM events JOIN pointing USING (identity) GROUP BY lead, source),
placed AS (
    SELECT person.*, seen.source, seen_at, CASE WHEN known THEN 'known' ELSE 'visitors' END AS rule
    FROM due_candidates AS person LEFT JOIN seen USING (lead)
),
lasting AS (
    SELECT placed.*, CASE WHEN own.rule IS NULL THEN whole.days ELSE own.days END AS days
    FROM placed LEFT JOIN due_periods AS own ON own.rule = placed.rule AND own.source = placed.source
    JOIN due_periods AS whole ON whole.rule = placed.rule AND whole.source IS NULL
)
SELECT lead, rule, source, heard FROM lasting
QUALIFY row_number() OVER (PARTITION BY lead ORDER BY days DESC NULLS FIRST, seen_at DESC NULLS LAST, source) = 1
    AND days IS NOT NULL AND heard <= $now - to_days(days)
