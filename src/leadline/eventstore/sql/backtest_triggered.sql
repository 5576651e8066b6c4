-- Which stages each lead's conversions triggered at the cutoff, under the rules of one ruleset.
CREATE OR REPLACE TEMP TABLE triggered AS
SELECT lead, list(DISTINCT stage) AS stages
FROM conversions JOIN pointing USING (identity)
WHERE part = $part AND occurred < $moment AND occurred > $moment - to_days(days)
    AND NOT coalesce(cancelled < $moment, false)
GROUP BY lead
