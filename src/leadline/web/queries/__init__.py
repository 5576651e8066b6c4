"""What lists and pages ask of the record store, one module per page; each a constant number of queries."""
