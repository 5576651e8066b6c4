-- A lead's identities of all times, the leads that those ever had, their identities, and so on.
WITH RECURSIVE related AS (
    SELECT $lead::BIGINT AS lead
    UNION
    SELECT theirs.lead
    FROM related
    JOIN edges AS ours ON ours.lead = related.lead
    JOIN edges AS theirs ON theirs.identity = ours.identity
    WHERE theirs.lead <> 0
)
SELECT DISTINCT identity FROM edges JOIN related USING (lead) ORDER BY identity
