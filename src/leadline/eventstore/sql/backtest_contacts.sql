-- Whom one could name and reach at the cutoff.
CREATE OR REPLACE TEMP TABLE contacts AS
SELECT lead, bool_or(known) AS known, bool_or(reachable) AS reachable FROM (
    SELECT arg_max(lead, edge_id) AS lead, true AS known, false AS reachable
    FROM store.edges SEMI JOIN named USING (identity) WHERE occurred_at < $moment GROUP BY identity
    UNION ALL
    SELECT lead, key = 'email', present FROM (
        SELECT lead, trim(key, '~') AS key, arg_max(present, (occurred_at, message_hash)) AS present
        FROM store.traits JOIN pointing USING (identity)
        WHERE key IN ('email', 'phone', '~email', '~phone') AND occurred_at < $moment
        GROUP BY lead, trim(key, '~')
    ) WHERE present
) GROUP BY lead
