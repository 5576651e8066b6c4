-- The first and the last visit of the leads in `given_wanted`. Of two at one instant the channel's name decides.
SELECT lead, started_at, channel, source, campaign, landing, number
FROM (
    SELECT lead, started_at, channel, source, campaign, landing,
        row_number() OVER (PARTITION BY lead ORDER BY started_at, channel, source, campaign, landing) AS number,
        count(*) OVER (PARTITION BY lead) AS visits
    FROM memory.main.touches SEMI JOIN given_wanted USING (lead)
)
WHERE number = 1 OR number = visits
ORDER BY lead, number
