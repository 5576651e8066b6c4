-- The incoming scores that differ from the current ones, complete with what the current row knew of last week.
CREATE OR REPLACE TEMP TABLE changed_scores AS
SELECT incoming.lead, $as_of::TIMESTAMP AS as_of, $load_seq::INTEGER AS load_seq, $ruleset::INTEGER AS ruleset,
       incoming.engagement, incoming.readiness, incoming.conversion, incoming.total, incoming.grade, incoming.stage,
       incoming.factors, current.week_ago_total
FROM incoming_scores AS incoming
LEFT JOIN current_scores AS current ON current.lead = incoming.lead
WHERE current.lead IS NULL
   OR current.total <> incoming.total OR current.grade <> incoming.grade OR current.stage <> incoming.stage
