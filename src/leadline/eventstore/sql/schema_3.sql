-- Version 3: scores say which identity edges were known, and how well the person fits.
ALTER TABLE scores ADD COLUMN IF NOT EXISTS edge_id BIGINT DEFAULT 0;
ALTER TABLE scores ADD COLUMN IF NOT EXISTS fit SMALLINT DEFAULT 0;
ALTER TABLE scores ADD COLUMN IF NOT EXISTS fit_points BIGINT DEFAULT 0;
ALTER TABLE scores ALTER edge_id SET NOT NULL;
ALTER TABLE scores ALTER fit SET NOT NULL;
ALTER TABLE scores ALTER fit_points SET NOT NULL;
ALTER TABLE current_scores ADD COLUMN IF NOT EXISTS edge_id BIGINT DEFAULT 0;
ALTER TABLE current_scores ADD COLUMN IF NOT EXISTS fit SMALLINT DEFAULT 0;
ALTER TABLE current_scores ADD COLUMN IF NOT EXISTS fit_points BIGINT DEFAULT 0;
ALTER TABLE current_scores ALTER edge_id SET NOT NULL;
ALTER TABLE current_scores ALTER fit SET NOT NULL;
ALTER TABLE current_scores ALTER fit_points SET NOT NULL;
-- Earlier versions took all visits of a day for one; attention is made again from the events when it is next read.
DELETE FROM cells WHERE metric IN (SELECT code FROM metric_catalogue WHERE definition->>'kind' = 'active_seconds');
DELETE FROM metric_catalogue WHERE definition->>'kind' = 'active_seconds'
