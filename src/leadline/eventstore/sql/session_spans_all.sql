-- One part of all leads, for all time.
CREATE OR REPLACE TEMP TABLE session_spans AS
SELECT DISTINCT lead, TIMESTAMP '0001-01-01' AS since, TIMESTAMP '9999-01-01' AS until
FROM identity_lead WHERE lead % $parts = $part
