SELECT identity, key, value, present, epoch_us(occurred_at), message_hash
FROM theirs
ORDER BY occurred_at, message_hash, key
