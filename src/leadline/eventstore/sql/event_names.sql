-- The names that occur among all stored events.
SELECT DISTINCT name FROM events WHERE name <> ''
