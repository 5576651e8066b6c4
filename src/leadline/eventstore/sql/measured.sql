-- Metrics over periods, from the facts of one kind. Bounds are half open and in UTC: whatever zone the days are of.
WITH wanted AS (
    SELECT unnest($places) AS place, unnest($starts) AS began, unnest($ends) AS ended
),
facts AS (
{facts}
)
SELECT place, part, {formulas} FROM facts GROUP BY place, part
