-- People with a visit in the period, each with the names of the conversions that they made in it.
SELECT place, part, lead, names
FROM (
    SELECT DISTINCT place, {part} AS part, lead
    FROM memory.main.touches AS touches {people} JOIN wanted ON started_at >= began AND started_at < ended
    WHERE started_at >= $since AND started_at < $until AND started_at <= $now AND {who}
)
LEFT JOIN (
    SELECT place, lead, list(DISTINCT name) AS names
    FROM memory.main.conversions JOIN wanted ON converted_at >= began AND converted_at < ended
    WHERE converted_at <= $now AND (name = 'opportunity' OR cancelled_at IS NULL OR cancelled_at > $now)
    GROUP BY place, lead
) USING (place, lead)
