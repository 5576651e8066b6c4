-- Append-only: what came in, never changed in place. No keys, sequences or indexes.
CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL, created_at TIMESTAMP NOT NULL);

CREATE TABLE IF NOT EXISTS segments (
    name VARCHAR NOT NULL, load_seq INTEGER NOT NULL,
    events BIGINT NOT NULL, duplicates BIGINT NOT NULL, quarantined BIGINT NOT NULL,
    first_received_at TIMESTAMP, last_received_at TIMESTAMP, loaded_at TIMESTAMP NOT NULL
);

CREATE TABLE IF NOT EXISTS events (
    load_seq INTEGER NOT NULL, source INTEGER NOT NULL, message_hash BIGINT NOT NULL, message_key UUID NOT NULL,
    kind VARCHAR NOT NULL, name VARCHAR NOT NULL, identity BIGINT NOT NULL, day DATE NOT NULL,
    occurred_at TIMESTAMP NOT NULL, received_at TIMESTAMP NOT NULL, properties VARCHAR,
    path VARCHAR, referrer_domain VARCHAR, utm_source VARCHAR, utm_medium VARCHAR, utm_campaign VARCHAR,
    bot BOOLEAN NOT NULL, internal BOOLEAN NOT NULL DEFAULT false
);

CREATE TABLE IF NOT EXISTS edges (
    edge_id BIGINT NOT NULL, identity BIGINT NOT NULL, lead BIGINT NOT NULL,
    occurred_at TIMESTAMP NOT NULL, load_seq INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS traits (
    identity BIGINT NOT NULL, key VARCHAR NOT NULL, value VARCHAR, present BOOLEAN NOT NULL,
    occurred_at TIMESTAMP NOT NULL, message_hash BIGINT NOT NULL, load_seq INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS metric_catalogue (code SMALLINT NOT NULL, digest VARCHAR NOT NULL, definition JSON NOT NULL);

-- Scores of the past: one row when a lead's total, grade or stage changed. Millionths of a point.
CREATE TABLE IF NOT EXISTS scores (
    lead BIGINT NOT NULL, as_of TIMESTAMP NOT NULL, load_seq INTEGER NOT NULL, ruleset INTEGER NOT NULL,
    engagement BIGINT NOT NULL, readiness BIGINT NOT NULL, conversion BIGINT NOT NULL, total BIGINT NOT NULL,
    grade VARCHAR NOT NULL, stage VARCHAR NOT NULL, factors BIGINT[] NOT NULL,
    edge_id BIGINT NOT NULL DEFAULT 0, fit SMALLINT NOT NULL DEFAULT 0, fit_points BIGINT NOT NULL DEFAULT 0
);

-- Derived and replaceable.
CREATE TABLE IF NOT EXISTS cells (
    metric SMALLINT NOT NULL, identity BIGINT NOT NULL, day DATE NOT NULL,
    key BIGINT, value BIGINT NOT NULL, seq BIGINT
);

-- Visits. The run of activity that a session is a part of tells what must be made again when an event comes late.
CREATE TABLE IF NOT EXISTS sessions (
    lead BIGINT NOT NULL, run_started_at TIMESTAMP NOT NULL, run_ended_at TIMESTAMP NOT NULL,
    started_at TIMESTAMP NOT NULL, ended_at TIMESTAMP NOT NULL, events INTEGER NOT NULL, pages INTEGER NOT NULL,
    engaged_ms BIGINT NOT NULL, path VARCHAR, referrer_domain VARCHAR,
    utm_source VARCHAR, utm_medium VARCHAR, utm_campaign VARCHAR
);

CREATE TABLE IF NOT EXISTS identity_lead (identity BIGINT NOT NULL, lead BIGINT NOT NULL, alone BOOLEAN NOT NULL);

CREATE TABLE IF NOT EXISTS current_scores (
    lead BIGINT NOT NULL, as_of TIMESTAMP NOT NULL, load_seq INTEGER NOT NULL, ruleset INTEGER NOT NULL,
    engagement BIGINT NOT NULL, readiness BIGINT NOT NULL, conversion BIGINT NOT NULL, total BIGINT NOT NULL,
    grade VARCHAR NOT NULL, stage VARCHAR NOT NULL, factors BIGINT[] NOT NULL, week_ago_total BIGINT,
    edge_id BIGINT NOT NULL DEFAULT 0, fit SMALLINT NOT NULL DEFAULT 0, fit_points BIGINT NOT NULL DEFAULT 0
);

-- Every evaluation that was made: when, of whom (NULL: everybody), with what was known then. Append-only; a replay
-- walks it. What kinds there are is said in journal.py. said: the newest word of sales that was known.
CREATE TABLE IF NOT EXISTS evaluations (
    seq BIGINT NOT NULL, evaluated_at TIMESTAMP NOT NULL, kind VARCHAR NOT NULL, load_seq INTEGER NOT NULL,
    edge_id BIGINT NOT NULL, ruleset INTEGER NOT NULL, leads BIGINT[], said BIGINT NOT NULL DEFAULT 0
);

-- What reports counted of people who went by their age, without anybody in it (aged.py). batch: 0, or one not gone yet.
CREATE TABLE IF NOT EXISTS aged_totals (
    batch BIGINT NOT NULL, moment TIMESTAMP NOT NULL, metric VARCHAR NOT NULL, value DOUBLE NOT NULL, cases BIGINT NOT NULL
);
