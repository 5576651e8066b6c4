-- Who has anything to measure: as before, save for the doubtful, who are looked at again.
CREATE OR REPLACE TEMP TABLE kept_leads AS
SELECT lead FROM memory.main.kept_raws ANTI JOIN some_leads USING (lead)
UNION ALL
SELECT DISTINCT lead FROM some_identities
WHERE identity IN (SELECT identity FROM some_cells UNION ALL SELECT identity FROM some_traits)
