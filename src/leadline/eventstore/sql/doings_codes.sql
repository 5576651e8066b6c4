-- Numbers for the kinds, names and pages that came since and have none yet.
INSERT INTO memory.main.doing_codes
WITH named AS (
    SELECT DISTINCT kind, name, CASE WHEN kind = 'page' THEN coalesce(path, '') ELSE '' END AS path
    FROM events WHERE load_seq > $since AND kind IN ('track', 'page', 'screen') AND NOT bot AND NOT internal
)
SELECT (row_number() OVER (ORDER BY kind, name, path) + (SELECT coalesce(max(code), 0) FROM memory.main.doing_codes))::UINTEGER,
    kind, name, path
FROM named ANTI JOIN memory.main.doing_codes USING (kind, name, path)
