-- The same of the identities that later loads have events of.
CREATE OR REPLACE TEMP TABLE fresh_first_events AS
WITH late AS (
    SELECT identity, min(epoch_us(occurred_at)::HUGEINT * 2147483648 + source) AS began, max(load_seq) AS load_seq
    FROM events WHERE load_seq > (SELECT coalesce(max(load_seq), 0) FROM memory.main.first_events) GROUP BY identity
)
SELECT identity, least(late.began, known.began) AS began, late.load_seq
FROM late LEFT JOIN memory.main.first_events AS known USING (identity)
