-- The touches before each goal, in order of goal and time. `goals` is a table of (number, lead, made_at, since, value, known_at, lost)
-- made before; a touch counts from after `since` up to the goal.
SELECT number, key, direct, epoch_us(goals.made_at - touched.touched_at) / 86400e6 AS days,
    coalesce(touched.touched_at <= goals.known_at AND goals.known_at <= goals.made_at, false) AS before_known,
    coalesce(touched.touched_at <= goals.opened_at, false) AS before_opened
FROM attribution_goals AS goals JOIN ({touched}) AS touched ON touched.lead = goals.lead
    AND touched.touched_at <= goals.made_at AND touched.touched_at > goals.since
ORDER BY number, touched.touched_at, key
