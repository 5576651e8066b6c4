SELECT message_hash, kind, name, identity, epoch_us(occurred_at), properties, bot, internal, source
FROM theirs
ORDER BY occurred_at, message_hash
