-- Each lead's last total at or before the moment; NULL for a lead that had none.
CREATE OR REPLACE TEMP TABLE with_week_ago AS
SELECT current_scores.* REPLACE (before.total AS week_ago_total)
FROM current_scores LEFT JOIN (
    SELECT lead, arg_max(total, (as_of, load_seq)) AS total FROM scores WHERE as_of <= $moment GROUP BY lead
) AS before USING (lead)
