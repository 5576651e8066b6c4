-- The leads of the cutoff: who they are today, whether that person converted within the horizon, and whether they had
-- the outcome or were a customer before. A cancellation counts from when it came.
CREATE OR REPLACE TEMP TABLE people AS
WITH told AS (
    SELECT today.lead AS person,
        bool_or(occurred < $moment AND NOT coalesce(cancelled < $moment, false)) AS had,
        bool_or(part = 'outcome' AND occurred >= $moment AND occurred < $until AND NOT coalesce(cancelled < $until, false))
            AS converted
    FROM conversions JOIN store.identity_lead AS today USING (identity)
    WHERE part IN ('outcome', 'customer')
    GROUP BY person
),
links AS (
    SELECT pointing.lead, coalesce(today.lead, pointing.lead) AS person
    FROM pointing LEFT JOIN store.identity_lead AS today USING (identity)
)
SELECT lead, min(person) AS person, coalesce(bool_or(converted), false) AS converted,
    coalesce(bool_or(had), false) AS had, bool_or(absent.person IS NOT NULL) AS absent
FROM links LEFT JOIN told USING (person) LEFT JOIN absent USING (person)
GROUP BY lead
