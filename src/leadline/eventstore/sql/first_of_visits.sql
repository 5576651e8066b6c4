-- What their first visit and their first event say of people, made from {touches}.
WITH first_touch AS (
    SELECT lead, arg_min({'channel': channel, 'source': source, 'campaign': campaign, 'landing': landing}, started_at) AS touch
    FROM {touches} GROUP BY lead
),
came AS (
    SELECT lead, (min(began) % 2147483648)::INTEGER AS source
    FROM memory.main.first_events JOIN given_identities USING (identity) GROUP BY lead
)
SELECT lead, touch.channel, touch.source, touch.campaign, touch.landing, given_sources.name AS event_source
FROM given_people LEFT JOIN first_touch USING (lead) LEFT JOIN came USING (lead)
LEFT JOIN given_sources ON given_sources.number = came.source
