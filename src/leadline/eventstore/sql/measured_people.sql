-- People by one of their moments: when they were first seen, became known, qualified, or became customers.
SELECT place, {part} AS part, lead, first_seen_at, known_at, qualified_at
FROM memory.main.people AS people JOIN wanted ON {moment} >= began AND {moment} < ended
WHERE {moment} >= $since AND {moment} < $until AND {moment} <= $now AND {who}
