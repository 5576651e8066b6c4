-- Every identity of every lead that won or lost one, with where it points now.
CREATE OR REPLACE TEMP TABLE affected AS
WITH leads AS (
    SELECT lead FROM moved
    UNION
    SELECT identity_lead.lead FROM identity_lead SEMI JOIN moved USING (identity)
),
pointing AS (
    SELECT identity, lead FROM moved
    UNION ALL
    SELECT identity, lead FROM identity_lead SEMI JOIN leads USING (lead) ANTI JOIN moved USING (identity)
)
SELECT identity, lead, count(*) OVER (PARTITION BY lead) = 1 AS alone FROM pointing
