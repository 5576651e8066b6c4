-- Leads in `incoming_scores` that are new, or whose total, grade, stage or fit is another one than now.
CREATE OR REPLACE TEMP TABLE changed AS
SELECT incoming.lead, incoming.engagement, incoming.readiness, incoming.conversion, incoming.total,
    incoming.grade, incoming.stage, incoming.factors, incoming.fit, incoming.fit_points,
    current_scores.week_ago_total
FROM incoming_scores AS incoming LEFT JOIN current_scores USING (lead)
WHERE (current_scores.total, current_scores.grade, current_scores.stage, current_scores.fit, current_scores.fit_points)
    IS DISTINCT FROM (incoming.total, incoming.grade, incoming.stage, incoming.fit, incoming.fit_points)
