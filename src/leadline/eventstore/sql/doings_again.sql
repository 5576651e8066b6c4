-- What the identities in `doings_moved` did up to a load, under the leads that they belong to now.
INSERT INTO memory.main.doings
SELECT lead::INTEGER, epoch_us(occurred_at), code
FROM events JOIN doings_moved USING (identity) JOIN memory.main.doing_codes AS codes
    ON codes.kind = events.kind AND codes.name = events.name
    AND codes.path = CASE WHEN events.kind = 'page' THEN coalesce(events.path, '') ELSE '' END
WHERE load_seq <= $since AND NOT bot AND NOT internal
ORDER BY lead, occurred_at
