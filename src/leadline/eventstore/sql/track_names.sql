-- Names of the track events that came since an instant, the most frequent first.
SELECT name FROM events
WHERE kind = 'track' AND received_at >= $since AND ($source = 0 OR source = $source)
GROUP BY name ORDER BY count(*) DESC, name LIMIT $most
