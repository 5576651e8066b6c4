-- Events of a few names. The days let whole row groups be skipped; the moments are exact.
SELECT place, {part} AS part, lead, name, properties
FROM (
    SELECT identity, name, properties, occurred_at FROM events
    WHERE kind = 'track' AND name IN ({names}) AND NOT bot AND NOT internal
        AND day BETWEEN $since::DATE AND $until::DATE AND occurred_at >= $since AND occurred_at < $until
        AND occurred_at <= $now
) JOIN identity_lead USING (identity) JOIN memory.main.people AS people USING (lead)
JOIN wanted ON occurred_at >= began AND occurred_at < ended
WHERE {who}
