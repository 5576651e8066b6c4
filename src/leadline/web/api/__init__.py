"""The REST API under /api/v1: the same questions and acts as the command line's, by the same names."""
