-- What people who went by their age had made up of metrics in each period.
WITH wanted AS (
    SELECT unnest($places) AS place, unnest($starts) AS began, unnest($ends) AS ended
)
SELECT metric, place, sum(value), sum(cases)::BIGINT
FROM aged_totals JOIN wanted ON moment >= began AND moment < ended
WHERE batch = 0 AND moment >= $since AND moment < $until AND moment <= $now AND metric IN (SELECT unnest($metrics))
GROUP BY metric, place
