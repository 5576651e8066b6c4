INSERT INTO events
SELECT $load_seq, source, message_hash, message_key, kind, name, identity, occurred_at::DATE, occurred_at, received_at,
    properties, path, referrer_domain, utm_source, utm_medium, utm_campaign, bot, internal
FROM incoming_events
