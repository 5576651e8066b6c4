-- Version 2: events of our own people are marked. What is there already was sent before there were rules.
ALTER TABLE events ADD COLUMN IF NOT EXISTS internal BOOLEAN DEFAULT false;
ALTER TABLE events ALTER internal SET NOT NULL
