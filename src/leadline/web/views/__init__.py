"""Views, one module per page: read the address, ask a query, fill a template."""
