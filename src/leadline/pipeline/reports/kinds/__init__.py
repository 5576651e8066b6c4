"""The reports: one module each, with its question, what it counts in words, what can be asked, and its computation."""
