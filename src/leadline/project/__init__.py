"""Django: settings, urls, the ASGI application."""
