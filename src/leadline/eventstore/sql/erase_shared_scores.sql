-- Score rows of people who live on, from when they had an erased identity: made of what is erased, they go with it.
DELETE FROM scores WHERE EXISTS (
    SELECT 1 FROM erased_stays AS stay
    WHERE stay.lead = scores.lead AND scores.edge_id >= stay.since AND (stay.until IS NULL OR scores.edge_id < stay.until)
)
