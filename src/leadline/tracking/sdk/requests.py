"""A web request as Segment's context: where, from where, with what, but nothing secret and nothing personal."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from leadline.tracking.ids import usable_id
from leadline.tracking.scrub import clean_label, clean_path

ANONYMOUS_COOKIES = ("leadline_anonymous_id", "ajs_anonymous_id")
CAMPAIGN = {
    "utm_source": "source",
    "utm_medium": "medium",
    "utm_campaign": "name",
    "utm_term": "term",
    "utm_content": "content",
}
LONGEST_AGENT = 500
LONGEST_ID = 200
LONGEST_QUERY = 4096
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
PAGE_TYPES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True)
class Request:
    """What a middleware knows of a request. Header names are lower case; texts may hold anything."""

    method: str
    scheme: str
    host: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    ip: str = ""


def described(request: Request, *, with_ip: bool = False) -> dict[str, Any]:
    """The context of a request. Paths lose what looks like an id, a token or an address, URLs their query; the IP
    address comes in only when it is asked for."""
    found = {
        "page": _page(request),
        "campaign": _campaign(request.query),
        "userAgent": _text(request.headers.get("user-agent", "")[:LONGEST_AGENT]),
        "locale": _locale(request.headers.get("accept-language", "")),
        "requestId": _text(request.headers.get("x-request-id", "")[:LONGEST_ID]),
        "ip": _text(request.ip[:LONGEST_ID]) if with_ip else "",
    }
    return {name: value for name, value in found.items() if value}


def visitor(cookies: Mapping[str, str], names: tuple[str, ...] = ANONYMOUS_COOKIES) -> str | None:
    """The anonymous id that a browser tracker keeps in a cookie; some write it as JSON text, percent-encoded."""
    for name in names:
        found = usable_id(_text(unquote(cookies.get(name, ""))).strip("\"' "))
        if found is not None and len(found) <= LONGEST_ID:
            return found
    return None


def is_page_view(request: Request, status: int, content_type: str) -> bool:
    """Whether a person was shown a page: no fragment for a script, no prefetch, no error."""
    headers = request.headers
    by_script = headers.get("x-requested-with", "") == "XMLHttpRequest" or "hx-request" in headers
    ahead = "prefetch" in headers.get("sec-purpose", "") + headers.get("purpose", "") + headers.get("x-moz", "")
    is_page = request.method == "GET" and 200 <= status < 300 and content_type.lower().startswith(PAGE_TYPES)
    return is_page and not by_script and not ahead


def _page(request: Request) -> dict[str, str]:
    path = _path(request.path)
    origin = _text(f"{request.scheme}://{request.host}") if request.host else ""
    found = {"path": path, "url": f"{origin}{path}" if origin else "", "referrer": _referrer(request.headers)}
    return {name: value for name, value in found.items() if value}


def _referrer(headers: Mapping[str, str]) -> str:
    try:
        parts = urlsplit(_text(headers.get("referer", "")))
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host or len(host) > LONGEST_ID:
        return ""
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}{_path(parts.path)}"


def _path(path: str) -> str:
    return clean_path("/" + _text(path).lstrip("/")) or ""


def _campaign(query: str) -> dict[str, str]:
    if "utm_" not in query:
        return {}
    given = dict(parse_qsl(_text(query[:LONGEST_QUERY])))
    labels = {name: clean_label(_text(given.get(parameter, ""))) for parameter, name in CAMPAIGN.items()}
    return {name: label for name, label in labels.items() if label}


def _locale(accepted: str) -> str:
    first = LANGUAGE.match(accepted.strip())
    return first[0][:35] if first else ""


def _text(value: str) -> str:
    """Text that JSON can hold, whatever bytes a client sent: a request must never make `track` raise."""
    return value.encode("utf-8", "replace").decode()
