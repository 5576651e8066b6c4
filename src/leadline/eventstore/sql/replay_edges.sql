SELECT edge_id, identity, lead, epoch_us(occurred_at), load_seq
FROM edges
WHERE $everyone OR identity IN (SELECT unnest($identities::BIGINT[]))
ORDER BY edge_id
