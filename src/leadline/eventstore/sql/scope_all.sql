CREATE OR REPLACE TEMP VIEW scoped_cells AS FROM store.cells;
CREATE OR REPLACE TEMP VIEW scoped_identities AS FROM store.identity_lead;
CREATE OR REPLACE TEMP VIEW scoped_leads AS
SELECT DISTINCT lead FROM store.identity_lead
WHERE identity IN (SELECT identity FROM store.cells UNION ALL SELECT identity FROM store.traits)
