-- Messages of the segment that the store has, looked for by their 64-bit hash within a range of days.
INSERT INTO repeats
SELECT incoming.position, incoming.message_hash, true
FROM (SELECT row_number() OVER () AS position, source, message_hash, message_key FROM incoming_events) AS incoming
JOIN events USING (source, message_hash)
WHERE events.message_key = incoming.message_key AND events.day BETWEEN $first AND $last
