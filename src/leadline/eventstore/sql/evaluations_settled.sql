-- The newest row of the journal up to which every evaluation has written its scores, by the marks of the record store.
SELECT coalesce(
    (
        SELECT min(seq) - 1 FROM evaluations
        WHERE seq > $since AND (
            (kind = 'load' AND load_seq > $load_seq) OR (kind = 'midnight' AND evaluated_at > $evaluated_to)
        )
    ),
    (SELECT max(seq) FROM evaluations),
    0
)
