-- $events events of $identities identities over 120 days, five to a visit, in the order of time.
INSERT INTO events
WITH numbered AS (
    SELECT range AS i, hash(range) % 1000 AS pick, hash(range + 7) % 100 AS amount FROM range($events)
),
placed AS (
    SELECT i, pick, amount, (hash(i // 5 + 1000003) % $identities)::BIGINT + 1 AS identity,
        TIMESTAMP '2026-07-26' + to_microseconds(
            ((i // 5)::DOUBLE / ($events // 5) * 120 * 86400000000 * 0.9999)::BIGINT + (i % 5) * 20000
        ) AS occurred_at
    FROM numbered
)
SELECT 1, 1, (hash(i + 99) >> 1)::BIGINT, uuid(), CASE WHEN pick < 400 THEN 'page' ELSE 'track' END,
    CASE
        WHEN pick < 400 THEN 'Page' WHEN pick < 650 THEN 'Page Engaged' WHEN pick < 760 THEN 'Tool Used'
        WHEN pick < 830 THEN 'Content Completed' WHEN pick < 880 THEN 'Role Progressed'
        WHEN pick < 920 THEN 'Quote Calculated' WHEN pick < 940 THEN 'Quiz Completed' WHEN pick < 955 THEN 'Role Saved'
        WHEN pick < 965 THEN 'Course Completed' WHEN pick < 971 THEN 'Quote Requested'
        WHEN pick < 974 THEN 'Strategy Call Booked' WHEN pick < 975 THEN 'Strategy Call Cancelled'
        WHEN pick < 977 THEN 'Premium Upgraded' WHEN pick < 978 THEN 'Strategy Call Missed'
        WHEN pick < 998 THEN 'Signed Up' ELSE 'Job Application Submitted'
    END,
    identity, occurred_at::DATE, occurred_at, occurred_at + INTERVAL 1 SECOND,
    CASE
        WHEN pick < 400 THEN '{}' WHEN pick < 650 THEN '{"engaged_ms":' || amount * 900 || '}'
        WHEN pick < 760 THEN '{"tool":"quote","completed":' || (amount < 60) || '}'
        WHEN pick < 830 THEN '{"content_id":"c' || amount || '"}'
        WHEN pick < 880 THEN '{"progress":' || amount || '}' WHEN pick < 920 THEN '{"seats":' || amount % 12 || '}'
        WHEN pick < 940 THEN '{"score":' || amount || '}' WHEN pick < 955 THEN '{"seats":' || amount % 12 || '}'
        WHEN pick < 965 THEN '{"course_id":' || amount || '}'
        WHEN pick < 971 THEN '{"seats":' || amount % 12 || ',"quote_id":"q' || i || '"}'
        WHEN pick < 975 THEN '{"call_id":"s' || identity || '"}'
        WHEN pick < 998 THEN '{"intent":"' || CASE WHEN amount < 3 THEN 'work' ELSE 'hire' END || '"}'
        ELSE '{}'
    END,
    '/p' || amount, NULL, NULL, NULL, NULL, false, false
FROM placed
