INSERT INTO identity_lead SELECT identity, lead, alone FROM affected
