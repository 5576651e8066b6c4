-- How far the people first seen in a period ever came, on the way from visitor to customer. Who is on a step of the
-- ladder has climbed those below it; but only who was in the stage qualified has qualified.
WITH climbed AS (
    SELECT lead, bool_or(to_stage = 'profile_development') AS profile, bool_or(to_stage = 'conversion_signals') AS signals,
        bool_or(to_stage = 'qualified') AS qualified, bool_or(to_stage = 'customer') AS customer
    FROM memory.main.moves WHERE moved_at <= $now GROUP BY lead
),
standing AS (
    SELECT coalesce(customer, false) AS customer, coalesce(qualified, false) AS qualified,
        coalesce(signals OR qualified OR customer, false) AS signals,
        coalesce(profile OR signals OR qualified OR customer, false) AS profile,
        coalesce(known_at <= $now, false) OR coalesce(profile OR signals OR qualified OR customer, false) AS known
    FROM memory.main.people AS people LEFT JOIN climbed USING (lead)
    WHERE first_seen_at >= $start AND first_seen_at < $end AND first_seen_at <= $now AND {who}
)
SELECT count(*), count(*) FILTER (WHERE known), count(*) FILTER (WHERE profile), count(*) FILTER (WHERE signals), count(*) FILTER (WHERE qualified), count(*) FILTER (WHERE customer) FROM standing
