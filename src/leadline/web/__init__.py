"""Pages: server-rendered, htmx, one stylesheet of tokens."""
