"""The columnar store of pseudonymous behaviour. The only package that opens DuckDB."""
