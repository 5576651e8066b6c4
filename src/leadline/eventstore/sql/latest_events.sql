SELECT source, kind, name, identity, occurred_at, received_at, properties, path, referrer_domain, bot, internal
FROM events
WHERE load_seq >= $since
ORDER BY received_at DESC, message_hash
LIMIT $most
