"""Reports on an open installation: what kinds there are, how one is computed, and how it is kept."""
