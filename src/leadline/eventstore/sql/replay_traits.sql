SELECT identity, key, value, present, epoch_us(occurred_at), message_hash, load_seq
FROM traits
WHERE ($everyone OR identity IN (SELECT unnest($identities::BIGINT[])))
    AND (len($keys::VARCHAR[]) = 0 OR key IN (SELECT unnest($keys::VARCHAR[])))
ORDER BY load_seq, occurred_at, message_hash, key
