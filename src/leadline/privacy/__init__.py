"""Field encryption, keyed hashes and the keys they come from."""
