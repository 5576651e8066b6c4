DELETE FROM identity_lead USING affected WHERE identity_lead.identity = affected.identity
