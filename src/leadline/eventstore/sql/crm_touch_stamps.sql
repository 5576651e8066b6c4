-- What the first and the last visit say of people: another number when one of them is another.
SELECT lead, hash(
    arg_min({'at': started_at, 'channel': channel, 'source': source, 'campaign': campaign, 'landing': landing}, started_at),
    arg_max({'at': started_at, 'channel': channel, 'source': source, 'campaign': campaign, 'landing': landing}, started_at)
) AS stamp
FROM memory.main.touches GROUP BY lead
