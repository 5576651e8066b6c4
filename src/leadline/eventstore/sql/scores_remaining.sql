-- Leads that stay where they are, but whose row may look different: another grade, fit or whole-number total, or a
-- gain.
SELECT scored.lead, scored.engagement, scored.readiness, scored.conversion, scored.total, scored.grade,
       scored.total - coalesce(current.week_ago_total, 0) AS gain, scored.fit, scored.fit_points
FROM scored
JOIN current_scores AS current ON current.lead = scored.lead
ANTI JOIN moving ON moving.lead = scored.lead
WHERE (scored.grade <> current.grade
       OR (scored.fit, scored.fit_points) <> (current.fit, current.fit_points)
       OR scored.total // 1000000 <> current.total // 1000000
       OR abs(scored.total - coalesce(current.week_ago_total, 0)) >= 1000000)
