-- Visits by when they began, each with whether it was engaged. A conversion counts, cancelled later or not.
SELECT place, {part} AS part, lead,
    engaged_ms >= $engaged_ms OR pages >= 2 OR coalesce(made.converted, false) AS engaged
FROM memory.main.touches AS touches {people} LEFT JOIN (
    SELECT DISTINCT lead, started_at, true AS converted
    FROM memory.main.touches AS during JOIN memory.main.conversions USING (lead)
    WHERE converted_at BETWEEN started_at AND ended_at AND started_at >= $since AND started_at < $until
) AS made USING (lead, started_at)
JOIN wanted ON started_at >= began AND started_at < ended
WHERE started_at >= $since AND started_at < $until AND started_at <= $now AND {who}
