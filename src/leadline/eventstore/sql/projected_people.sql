-- One row a person, with what their visits, stages and traits add to the rows of the record store.
WITH given_first AS ({first}),
entered AS (
    SELECT lead, min(moved_at) FILTER (to_stage = 'qualified') AS qualified_at, min(moved_at) FILTER (to_stage = 'customer') AS customer_at
    FROM memory.main.moves SEMI JOIN given_people USING (lead) GROUP BY lead
)
SELECT given_people.* EXCLUDE (country) REPLACE (coalesce(given_said.industry, nullif(given_people.industry, '')) AS industry),
    given_countries.name AS country,
    qualified_at, customer_at, coalesce(given_first.channel, {direct}) AS channel, given_first.source, given_first.campaign,
    given_first.landing, given_first.event_source
FROM given_people
LEFT JOIN given_first USING (lead) LEFT JOIN entered USING (lead) LEFT JOIN given_said USING (lead)
LEFT JOIN given_countries ON given_countries.written = coalesce(given_said.country, given_people.country)
