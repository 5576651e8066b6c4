SELECT lead, grade, new_grade, stage, new_stage, total, new_total FROM compared
WHERE total <> new_total OR grade <> new_grade OR stage <> new_stage
ORDER BY abs(new_total - total) DESC, lead
LIMIT $most
