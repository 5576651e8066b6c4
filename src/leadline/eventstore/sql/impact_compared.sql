-- Every lead with a current score beside what `scored` says, and the stage it would move to.
CREATE OR REPLACE TEMP TABLE compared AS
SELECT current.lead, current.grade, scored.grade AS new_grade, current.stage,
    coalesce(stage_moves.new_stage, current.stage) AS new_stage, current.total, scored.total AS new_total
FROM current_scores AS current
JOIN scored USING (lead)
LEFT JOIN stage_moves USING (lead)
