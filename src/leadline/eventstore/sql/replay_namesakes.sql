-- Events of these names, by whomever, that carry one of these keys: a conversion is once per key, whoever sends it.
SELECT message_hash, kind, name, identity, epoch_us(occurred_at), properties, bot, internal, source, load_seq
FROM events
WHERE kind = 'track' AND name IN (SELECT unnest($names::VARCHAR[]))
    AND ($everyone OR (
        identity NOT IN (SELECT unnest($identities::BIGINT[]))
        AND list_has_any([json_extract_string(properties, path) FOR path IN $paths::VARCHAR[]], $keys::VARCHAR[])
    ))
ORDER BY load_seq, occurred_at, message_hash
