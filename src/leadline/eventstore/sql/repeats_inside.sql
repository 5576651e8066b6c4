-- Messages that the segment holds more than once; the first one stays.
CREATE OR REPLACE TEMP TABLE repeats AS
SELECT position, message_hash, false AS stored
FROM (
    SELECT row_number() OVER () AS position, source, message_hash, message_key
    FROM incoming_events
)
QUALIFY row_number() OVER (PARTITION BY source, message_hash, message_key ORDER BY position) > 1
