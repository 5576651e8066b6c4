"""Privacy: field encryption, keyed hashes, kinds of personal data, requests of persons and the erasure ledger."""
