"""How mail leaves: from one address of the server into Django's settings."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from leadline.kernel.errors import ConfigurationError

ADVICE = "Write smtp://user:password@host:587?tls=starttls, or tls=tls, or leave tls out for an unencrypted server."
TIMEOUT_SECONDS = 30
PORTS = {"": 25, "starttls": 587, "tls": 465}
SCHEME = "smtp"


def mail_settings(url: str) -> dict[str, Any]:
    """Django's EMAIL_* settings for LEADLINE_MAIL; with an empty one mail goes nowhere.

    Raises:
        ConfigurationError: it is no address of a mail server. The text never repeats it: it may hold a password.
    """
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    try:
        parts = urlsplit(url)
        port, asked = parts.port, parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError as error:
        raise ConfigurationError("LEADLINE_MAIL can't be read.", advice=ADVICE) from error
    tls = asked.pop("tls", [""])[0]
    if parts.scheme != SCHEME or not parts.hostname or tls not in PORTS or asked:
        raise ConfigurationError("LEADLINE_MAIL is no address of a mail server.", advice=ADVICE)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or PORTS[tls],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": tls == "starttls",
        "EMAIL_USE_SSL": tls == "tls",
        "EMAIL_TIMEOUT": TIMEOUT_SECONDS,
    }
