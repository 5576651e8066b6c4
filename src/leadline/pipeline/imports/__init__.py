"""Files of events: rows and lines become messages, messages the records of the spool."""
