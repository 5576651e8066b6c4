SELECT source, kind, name, identity, occurred_at, received_at, properties, path, referrer_domain, bot, internal
FROM theirs
WHERE (len($kinds::VARCHAR[]) = 0 OR kind IN (SELECT unnest($kinds::VARCHAR[])))
    AND ($before::TIMESTAMP IS NULL OR occurred_at <= $before::TIMESTAMP)
ORDER BY occurred_at DESC, message_hash
LIMIT $most OFFSET $skip
