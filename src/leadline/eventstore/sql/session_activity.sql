-- What the people in `session_spans` did in that time. The literal range of days lets whole row groups be skipped.
-- Whose identities these are is found first: left to choose, DuckDB joined every event with every span around its moment.
CREATE OR REPLACE TEMP TABLE session_activity AS
WITH theirs AS MATERIALIZED (
    SELECT identity, lead, since, until FROM identity_lead JOIN session_spans USING (lead)
)
SELECT lead, occurred_at, message_hash, kind, path, referrer_domain,
    utm_source, utm_medium, utm_campaign,
    coalesce(utm_source, utm_medium, utm_campaign) IS NOT NULL AS has_campaign,
    struct_pack(source := utm_source, medium := utm_medium, name := utm_campaign) AS campaign,
    CASE WHEN contains(properties, '"engaged_ms"')
        AND json_type(properties, '/engaged_ms') IN ('BIGINT', 'DOUBLE', 'HUGEINT', 'UBIGINT', 'UHUGEINT')
        THEN try_cast(json_extract_string(properties, '/engaged_ms') AS DOUBLE) END AS beat
FROM events
JOIN theirs USING (identity)
WHERE day BETWEEN $first AND $last
    AND occurred_at BETWEEN since AND until
    AND kind IN ('track', 'page', 'screen') AND NOT bot AND NOT internal
