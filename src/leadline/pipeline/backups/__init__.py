"""Backups: the whole installation at one instant, in one encrypted file; and back."""
