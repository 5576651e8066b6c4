UPDATE evaluations
SET leads = list_filter(leads, lead -> NOT list_contains($leads::BIGINT[], lead))
WHERE leads IS NOT NULL AND list_has_any(leads, $leads::BIGINT[])
