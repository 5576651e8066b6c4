-- What each lead's total was at that time: the latest score up to then.
UPDATE current_scores SET week_ago_total = past.total
FROM (
    SELECT lead, arg_max(total, (as_of, load_seq)) AS total FROM scores WHERE as_of <= $until GROUP BY lead
) AS past
WHERE past.lead = current_scores.lead AND week_ago_total IS DISTINCT FROM past.total
