SELECT message_hash, name, identity, epoch_us(occurred_at), properties, source
FROM store.events
WHERE kind = 'track' AND NOT bot AND NOT internal AND name IN (SELECT unnest($names::VARCHAR[]))
