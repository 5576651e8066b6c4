-- What the kept raws stand for.
CREATE OR REPLACE TABLE memory.main.kept_state AS
SELECT $day::DATE AS day, $settled::BIGINT AS settled, $edge_id::BIGINT AS edge_id, $metrics::VARCHAR[] AS metrics,
    $columns::VARCHAR[] AS columns, $aging::VARCHAR[] AS aging, $full_day::DATE AS full_day, $rows::BIGINT[] AS rows
