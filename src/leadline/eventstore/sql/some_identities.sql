CREATE OR REPLACE TEMP TABLE some_identities AS FROM identity_lead SEMI JOIN some_leads USING (lead)
