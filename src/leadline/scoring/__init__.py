"""Stage 3 of 6: metrics become scores. Rulesets, factors, two equal executors, the ledger."""
