SELECT source, kind, name, identity, occurred_at, received_at, properties, path, referrer_domain, bot, internal
FROM events
WHERE identity IN (SELECT unnest($identities::BIGINT[]))
    AND (len($kinds::VARCHAR[]) = 0 OR kind IN (SELECT unnest($kinds::VARCHAR[])))
    AND ($before::TIMESTAMP IS NULL OR occurred_at <= $before::TIMESTAMP)
ORDER BY occurred_at DESC, message_hash
LIMIT $most OFFSET $skip
