-- The columns of events_of.sql, and the load that each came with.
SELECT message_hash, kind, name, identity, epoch_us(occurred_at), properties, bot, internal, source, load_seq
FROM theirs
ORDER BY load_seq, occurred_at, message_hash
