-- All events of the touched identity-days. The literal range of days lets whole row groups be skipped.
CREATE OR REPLACE TEMP TABLE touched_events AS
SELECT identity, day, kind, name, occurred_at, message_hash, properties, bot, internal
FROM events SEMI JOIN touched USING (identity, day)
WHERE day BETWEEN $first AND $last
