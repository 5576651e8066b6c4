-- By content and its kind: people, starts and completions in a period; of the people whose start lies in it, how many
-- completed it afterwards until now, and the median time that took them; how many of the people have qualified.
WITH seen AS (
    SELECT lead, name = 'Content Started' AS started, occurred_at, occurred_at < $end AS inside, qualified_at,
        coalesce(json_extract_string(properties, '/content_id'), '') AS content,
        coalesce(json_extract_string(properties, '/kind'), '') AS sort
    FROM events JOIN identity_lead USING (identity) JOIN memory.main.people AS people USING (lead)
    WHERE kind = 'track' AND name IN ('Content Started', 'Content Completed') AND NOT bot AND NOT internal
        AND day >= $start::DATE AND occurred_at >= $start AND occurred_at <= $now AND {who}
),
began AS (
    SELECT lead, content, sort, min(occurred_at) AS began_at FROM seen WHERE started AND inside GROUP BY ALL
),
ended AS (
    SELECT lead, content, sort, began_at, min(occurred_at) FILTER (NOT started AND occurred_at >= began_at) AS ended_at
    FROM began JOIN seen USING (lead, content, sort) GROUP BY ALL
),
finished AS (
    SELECT content, sort, count(*) AS starters, count(ended_at) AS finishers,
        median(epoch_us(ended_at) - epoch_us(began_at)) / 1e6 AS seconds
    FROM ended GROUP BY ALL
),
used AS (
    SELECT content, sort, count(DISTINCT lead) AS people, count(*) FILTER (WHERE started) AS starts, count(*) FILTER (WHERE NOT started) AS completions,
        count(DISTINCT lead) FILTER (qualified_at <= $now) AS qualified
    FROM seen WHERE inside GROUP BY ALL
)
SELECT content, sort, people, starts, completions, coalesce(starters, 0), coalesce(finishers, 0), seconds, qualified
FROM used LEFT JOIN finished USING (content, sort)
ORDER BY people DESC, content, sort
