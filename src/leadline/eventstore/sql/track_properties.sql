-- What the latest events of one name carried.
SELECT properties FROM events
WHERE kind = 'track' AND name = $name AND received_at >= $since AND ($source = 0 OR source = $source)
ORDER BY received_at DESC, message_hash LIMIT $most
