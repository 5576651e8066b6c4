CREATE OR REPLACE TEMP TABLE aged_folded AS
SELECT batch, moment, metric, sum(value) AS value, sum(cases)::BIGINT AS cases
FROM aged_totals GROUP BY batch, moment, metric ORDER BY moment, metric
