"""Web origins that may send with a source's keys: `https://example.com`, `https://*.example.com`, `http://localhost:3000`."""

import re
from urllib.parse import urlsplit

from leadline.kernel.errors import ConfigurationError

SCHEMES = {"http": 80, "https": 443}
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"{LABEL}(?:\.{LABEL})*")
WILDCARD = re.compile(rf"\*\.{LABEL}(?:\.{LABEL})+")
ADVICE = "Write https://example.com, https://*.example.com for its subdomains, or http://localhost:3000."


def canonical_origin(text: str) -> str:
    """An origin as browsers send it: lower case, other alphabets as Punycode, without the scheme's own port.

    `https://*.example.com` stands for every subdomain and not for example.com itself; a star above a whole top-level
    domain is refused.

    Raises:
        ConfigurationError: it is no origin, or it has a path, a query or a user.
    """
    try:
        parts = urlsplit(text.strip())
        host, port = _ascii(parts.hostname or ""), parts.port
    except ValueError as error:
        raise _no_origin(text) from error
    if parts.scheme not in SCHEMES or "@" in parts.netloc or parts.path not in {"", "/"} or parts.query:
        raise _no_origin(text)
    if parts.fragment or not (HOST.fullmatch(host) or WILDCARD.fullmatch(host)):
        raise _no_origin(text)
    shown = "" if port in {None, SCHEMES[parts.scheme]} else f":{port}"
    return f"{parts.scheme}://{host}{shown}"


def canonical_origins(texts: list[str]) -> list[str]:
    """All of them, each once, in their order; blank ones left out.

    Raises:
        ConfigurationError: one of them is no origin.
    """
    return list(dict.fromkeys(canonical_origin(text) for text in texts if text.strip()))


def _ascii(host: str) -> str:
    star, rest = ("*.", host[2:]) if host.startswith("*.") else ("", host)
    return star + (rest if rest.isascii() else rest.encode("idna").decode("ascii")).lower()


def _no_origin(text: str) -> ConfigurationError:
    return ConfigurationError(f"{text.strip()[:100]!r} is no web origin.", advice=ADVICE)
