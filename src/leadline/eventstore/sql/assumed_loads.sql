-- The loads that the journal does not know: when their last record came in, the newest edge that came with each, and the
-- leads that then had the identities which it brought something of.
WITH loads AS (
    SELECT load_seq, coalesce(last_received_at, loaded_at) AS at FROM segments
    WHERE $before::INTEGER IS NULL OR load_seq < $before
),
newest AS (
    SELECT loads.load_seq, (SELECT coalesce(max(edge_id), 0) FROM edges WHERE edges.load_seq <= loads.load_seq) AS edge_id
    FROM loads
),
touched AS (
    SELECT load_seq, identity FROM events SEMI JOIN loads USING (load_seq)
    UNION
    SELECT load_seq, identity FROM traits SEMI JOIN loads USING (load_seq)
    UNION
    SELECT load_seq, identity FROM edges SEMI JOIN loads USING (load_seq)
),
owners AS (
    SELECT touched.load_seq, touched.identity, arg_max(edges.lead, edges.edge_id) AS lead
    FROM touched JOIN edges ON edges.identity = touched.identity AND edges.load_seq <= touched.load_seq
    GROUP BY ALL
)
SELECT loads.load_seq, loads.at, newest.edge_id, list_distinct(list(owners.lead) FILTER (owners.lead > 0))
FROM loads JOIN newest USING (load_seq) LEFT JOIN owners USING (load_seq)
GROUP BY ALL
ORDER BY loads.load_seq
