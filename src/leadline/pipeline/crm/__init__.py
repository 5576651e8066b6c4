"""Stage 5 wired to the rest: what a CRM is told comes from leads, what it says becomes words, events and revenue."""
