-- Visits by when they began.
SELECT place, {part} AS part, lead, engaged_ms
FROM memory.main.touches AS touches {people} JOIN wanted ON started_at >= began AND started_at < ended
WHERE started_at >= $since AND started_at < $until AND started_at <= $now AND {who}
