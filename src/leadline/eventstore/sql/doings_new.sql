-- What came after a load, of identities that belong to somebody.
INSERT INTO memory.main.doings
SELECT lead::INTEGER, epoch_us(occurred_at), code
FROM events JOIN identity_lead USING (identity) JOIN memory.main.doing_codes AS codes
    ON codes.kind = events.kind AND codes.name = events.name
    AND codes.path = CASE WHEN events.kind = 'page' THEN coalesce(events.path, '') ELSE '' END
WHERE load_seq > $since AND NOT bot AND NOT internal
ORDER BY lead, occurred_at
