-- Campaigns whose first visit ever lies in a period, with the people and visits that came by them since.
SELECT campaign, min(started_at), count(DISTINCT lead), count(*)
FROM memory.main.touches
WHERE campaign IS NOT NULL AND campaign <> '' AND started_at <= $now
GROUP BY campaign HAVING min(started_at) >= $start AND min(started_at) < $end
ORDER BY 2, 1
