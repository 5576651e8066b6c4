"""Stage 1 of 6: requests become events. Collector, spool, identity, conversions."""
