"""Changing the secret keys without a pause: what is sealed under which, sealed anew, and old ones taken away."""
