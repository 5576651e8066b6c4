SELECT identity, key, value, present, epoch_us(occurred_at), message_hash
FROM traits
WHERE identity IN (SELECT unnest($identities::BIGINT[]))
ORDER BY occurred_at, message_hash, key
