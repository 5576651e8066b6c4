-- Of each identity its earliest event, as one number: the moment times 2^31 and the event source.
CREATE OR REPLACE TABLE memory.main.first_events AS
SELECT identity, min(epoch_us(occurred_at)::HUGEINT * 2147483648 + source) AS began, max(load_seq) AS load_seq
FROM events GROUP BY identity
