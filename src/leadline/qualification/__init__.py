"""Stage 4 of 6: scores become stages, each transition with its reasons."""
