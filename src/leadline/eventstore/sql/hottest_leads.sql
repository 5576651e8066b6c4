-- {segment} is a condition on people
SELECT lead
FROM memory.main.people AS people
WHERE known
  AND total > 0
  AND coalesce(rejection, '') = ''
  AND stage NOT IN ('customer', 'disqualified')
  AND ({segment})
ORDER BY total DESC, lead
LIMIT $limit
