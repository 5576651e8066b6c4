-- Where each identity that was heard of before the cutoff pointed then: its newest edge that had happened decides, else
-- its first one.
CREATE OR REPLACE TEMP TABLE pointing AS
SELECT identity, lead, count(*) OVER (PARTITION BY lead) = 1 AS alone FROM (
    SELECT identity,
        coalesce(arg_max(lead, edge_id) FILTER (occurred_at < $moment), arg_min(lead, edge_id)) AS lead
    FROM store.edges SEMI JOIN (FROM seen WHERE first_at < $moment) USING (identity)
    GROUP BY identity
)
