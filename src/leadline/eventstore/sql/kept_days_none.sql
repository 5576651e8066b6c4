-- Of measures whose days are kept: what a day says about a lead, combined and capped. `measure` is a place.
CREATE OR REPLACE TABLE memory.main.kept_days (lead BIGINT, measure SMALLINT, day DATE, value BIGINT)
