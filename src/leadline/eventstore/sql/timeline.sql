SELECT source, kind, name, identity, occurred_at, received_at, properties, path, referrer_domain, bot, internal
FROM events
WHERE identity IN (SELECT unnest($identities::BIGINT[]))
ORDER BY occurred_at DESC, message_hash
LIMIT $most
