-- Leads that stay where they are, but whose row may look different: another grade or whole-number total, or a gain.
SELECT scored.lead, scored.engagement, scored.readiness, scored.conversion, scored.total, scored.grade,
       scored.total - coalesce(current.week_ago_total, 0) AS gain
FROM scored
JOIN current_scores AS current ON current.lead = scored.lead
WHERE scored.lead NOT IN (SELECT unnest($movers::BIGINT[]))
  AND (scored.grade <> current.grade
       OR scored.total // 1000000 <> current.total // 1000000
       OR abs(scored.total - coalesce(current.week_ago_total, 0)) >= 1000000)
