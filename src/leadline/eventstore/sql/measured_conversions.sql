-- Conversions that stand, by when they were made. An opportunity that was lost was one.
SELECT place, {part} AS part, lead, name, value
FROM memory.main.conversions AS conversions {people} JOIN wanted ON converted_at >= began AND converted_at < ended
WHERE converted_at >= $since AND converted_at < $until AND converted_at <= $now
    AND (name = 'opportunity' OR cancelled_at IS NULL OR cancelled_at > $now) AND {who}
