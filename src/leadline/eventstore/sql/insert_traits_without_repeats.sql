-- A trait goes with its message: dropped when the store has the message, once when the segment repeats it.
INSERT INTO traits
SELECT DISTINCT ON (identity, key, message_hash)
    identity, key, value, present, occurred_at, message_hash, $load_seq
FROM (SELECT row_number() OVER () AS position, * FROM incoming_traits)
WHERE message_hash NOT IN (SELECT message_hash FROM repeats WHERE stored)
ORDER BY position
