-- Identities whose events must be put under another lead: they were re-pointed since, or had no lead then; and all others
-- of the leads that this touches.
CREATE OR REPLACE TEMP TABLE doings_moved AS
WITH moved AS (
    SELECT DISTINCT identity FROM edges WHERE edge_id > $edge
    INTERSECT
    (SELECT identity FROM edges WHERE edge_id <= $edge UNION ALL SELECT identity FROM memory.main.doings_waiting)
),
leads AS (
    SELECT lead FROM edges SEMI JOIN moved USING (identity)
    UNION
    SELECT lead FROM identity_lead SEMI JOIN moved USING (identity)
)
SELECT lead, identity FROM leads LEFT JOIN identity_lead USING (lead)
