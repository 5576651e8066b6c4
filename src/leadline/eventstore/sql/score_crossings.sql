-- Leads whose total was changed by evaluations between two rows of the journal, so that it now lies so far from what it
-- was days before ($sign 1: above, -1: below), and did not before these evaluations. What a new ruleset did is not news.
WITH news AS (
    SELECT scores.lead, min(scores.as_of) AS first
    FROM scores
    WHERE scores.as_of IN (
        SELECT evaluated_at FROM evaluations
        WHERE seq > $since AND seq <= $until AND kind IN ('load', 'midnight', 'edges', 'sales')
    )
    GROUP BY scores.lead
), moved AS (
    SELECT lead, news.first, current.as_of, current.total, current.grade, current.stage
    FROM news JOIN current_scores AS current USING (lead)
), past AS (
    SELECT scores.lead,
        arg_max(scores.total, (scores.as_of, scores.load_seq)) FILTER (scores.as_of < moved.first) AS earlier,
        arg_max(scores.total, (scores.as_of, scores.load_seq))
            FILTER (scores.as_of <= date_trunc('day', moved.as_of) - to_days($days)) AS base
    FROM scores JOIN moved USING (lead)
    GROUP BY scores.lead
)
SELECT lead, epoch_us(moved.as_of), moved.total, coalesce(past.base, 0), moved.grade, moved.stage
FROM moved JOIN past USING (lead)
WHERE $sign * (moved.total - coalesce(past.base, 0)) >= $least
    AND $sign * (coalesce(past.earlier, 0) - coalesce(past.base, 0)) < $least
ORDER BY moved.as_of, lead
