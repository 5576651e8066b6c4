CREATE OR REPLACE TEMP TABLE touched AS SELECT DISTINCT identity, day FROM events WHERE load_seq > $load_seq
