SELECT number, name, given_identities.lead, converted_at, cancelled_at, amount, currency, value
FROM given_conversions JOIN given_identities USING (identity)
