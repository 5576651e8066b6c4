SELECT message_hash, kind, name, identity, epoch_us(occurred_at), properties, bot, internal, source
FROM events
WHERE identity IN (SELECT unnest($identities::BIGINT[]))
ORDER BY occurred_at, message_hash
