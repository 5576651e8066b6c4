"""Stage 6 of 6: all of it becomes answers."""
