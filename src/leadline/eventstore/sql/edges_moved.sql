-- Where each identity of the new edges points now: its newest edge decides.
CREATE OR REPLACE TEMP TABLE moved AS
SELECT identity, arg_max(lead, edge_id) AS lead FROM new_edges GROUP BY identity
