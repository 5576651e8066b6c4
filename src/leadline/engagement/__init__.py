"""Stage 2 of 6: events become metrics, kept as daily cells per identity."""
