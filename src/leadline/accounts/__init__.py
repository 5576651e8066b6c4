"""The people who sign in, and what they may see."""
