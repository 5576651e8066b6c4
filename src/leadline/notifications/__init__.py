"""Stage 5 of 6: leads reach people."""
