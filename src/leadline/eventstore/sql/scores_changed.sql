-- Leads in `incoming_scores` that are new, or whose total, grade or stage is another one than now.
CREATE OR REPLACE TEMP TABLE changed AS
SELECT incoming.lead, incoming.engagement, incoming.readiness, incoming.conversion, incoming.total,
    incoming.grade, incoming.stage, incoming.factors,
    current_scores.week_ago_total
FROM incoming_scores AS incoming LEFT JOIN current_scores USING (lead)
WHERE (current_scores.total, current_scores.grade, current_scores.stage)
    IS DISTINCT FROM (incoming.total, incoming.grade, incoming.stage)
