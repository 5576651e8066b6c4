-- Each content that somebody started or completed, each time.
SELECT lead, occurred_at AS touched_at, false AS direct,
    coalesce(
        json_extract_string(properties, '/content_id'), json_extract_string(properties, '/course_id'),
        json_extract_string(properties, '/lesson_id'), json_extract_string(properties, '/quiz_id')
    ) AS key
FROM events JOIN identity_lead USING (identity)
WHERE kind = 'track' AND NOT bot AND NOT internal
    AND regexp_full_match(name, '(Content|Course|Lesson|Quiz) (Started|Completed)') AND day >= ($since - to_microseconds($lookback))::DATE AND key IS NOT NULL
