-- The oldest of the newest loads that together hold the wanted number of events.
SELECT coalesce(
    max(load_seq) FILTER (WHERE newer >= ?), 0
) FROM (SELECT load_seq, sum(events) OVER (ORDER BY load_seq DESC) AS newer FROM segments)
