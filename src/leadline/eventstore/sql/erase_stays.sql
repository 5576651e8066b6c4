-- From which edge on to which edge each lead had each of these identities, and whether it has others that stay.
CREATE OR REPLACE TEMP TABLE erased_stays AS
WITH stays AS (
    SELECT identity, lead, edge_id AS since,
        lead(edge_id) OVER (PARTITION BY identity ORDER BY edge_id) AS until
    FROM edges WHERE identity IN (SELECT unnest($identities::BIGINT[]))
),
newest AS (SELECT identity, arg_max(lead, edge_id) AS lead FROM edges GROUP BY identity),
others AS (SELECT DISTINCT lead FROM newest WHERE identity NOT IN (SELECT unnest($identities::BIGINT[])))
SELECT stays.*, others.lead IS NOT NULL AS lives_on FROM stays LEFT JOIN others ON others.lead = stays.lead
WHERE stays.lead <> 0
