-- Leads whose kept raws may differ from what a full pass would measure now: touched by loads or identity edges that
-- came since, or with a cell or a trait that the day which is measured now sees, or sees no longer.
CREATE OR REPLACE TEMP TABLE some_leads AS
WITH linked AS (SELECT DISTINCT identity FROM edges WHERE edge_id > $edge_id),
doubtful AS (
    SELECT identity FROM linked
    UNION ALL SELECT identity FROM events WHERE load_seq > $settled
    UNION ALL SELECT identity FROM traits WHERE load_seq > $settled
    UNION ALL SELECT identity FROM traits WHERE occurred_at >= $since AND occurred_at < $until
    UNION ALL SELECT identity FROM cells JOIN days_passing USING (metric, day)
)
SELECT lead FROM identity_lead WHERE identity IN (SELECT identity FROM doubtful)
UNION
SELECT lead FROM edges WHERE identity IN (SELECT identity FROM linked)
