"""What may enter the event store: behaviour, never a person.

A property stays when the tracking plan or a ruleset lists it as not personal. Of the rest, numbers and booleans stay,
and short code-like words; free text, anything that looks like an address or a telephone number, and query strings go.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

PERSONAL_NAMES = frozenset(
    "address age avatar birthday city email e_mail mail first_name firstname last_name lastname full_name fullname "
    "gender ip ip_address lat latitude lon lng longitude mobile name password passwd phone phone_number postal_code "
    "postcode ssn street surname tel telephone token secret user user_id userid username user_name zip anonymous_id "
    "anonymousid distinct_id contact contact_name person customer_name message".split()
)
CODE_LIKE = re.compile(r"[A-Za-z0-9_.:/+-]{1,64}")
ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")
LONG_NUMBER = re.compile(r"\+?\d(?:[\s().-]*\d){6,}")
NETWORK_ADDRESS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|(?:[0-9a-fA-F]{0,4}:){3,}[0-9a-fA-F]{0,4}")
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
TELEPHONE_FROM = 10**9
"""An unlisted whole number this large may be a telephone number."""


def scrub(properties: Mapping[str, object], listed: frozenset[str], personal: frozenset[str]) -> dict[str, object]:
    """The properties that may be stored. `listed` ones are kept as they are, save addresses and telephone numbers."""
    kept = {}
    for name, value in properties.items():
        if name in personal or _looks_personal(name):
            continue
        clean = _clean(value, listed=True) if name in listed else _unlisted(name, value)
        if clean is not None:
            kept[name] = clean
    return kept


def clean_path(url_or_path: object) -> str | None:
    """A path without query, fragment, or segments that look personal."""
    if not isinstance(url_or_path, str):
        return None
    path = _split_path(url_or_path)
    return "/".join(":id" if _looks_personal(part) else part for part in path.split("/"))[:300] or None


def host_of(url: object) -> str | None:
    """The host of a URL, without port and user; None when there is none."""
    try:
        return urlsplit(url).hostname if isinstance(url, str) else None
    except ValueError:
        return None


def clean_label(value: object) -> str | None:
    """A campaign's source, medium or name: short text without anything personal."""
    return None if not isinstance(value, str) or _looks_personal(value) else value[:120] or None


def _unlisted(name: str, value: object) -> object:
    if CAMEL.sub("_", name).lower() in PERSONAL_NAMES:
        return None
    return _clean(value, listed=False)


def _clean(value: object, *, listed: bool) -> object:
    if isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if listed or abs(value) < TELEPHONE_FROM else None
    if isinstance(value, str):
        return _clean_text(value, listed=listed)
    if isinstance(value, list):
        return [item for item in (_clean(part, listed=listed) for part in value[:100]) if item is not None]
    if isinstance(value, dict):
        return scrub(value, frozenset(value) if listed else frozenset(), frozenset())
    return None


def _clean_text(value: str, *, listed: bool) -> str | None:
    if "://" in value or value.startswith("/"):
        return clean_path(value)
    if _looks_personal(value):
        return None
    return value if listed or CODE_LIKE.fullmatch(value) else None


def _looks_personal(text: str) -> bool:
    return bool(ADDRESS.search(text) or _is_telephone(text) or NETWORK_ADDRESS.fullmatch(text))


def _is_telephone(text: str) -> bool:
    """Digits with telephone punctuation and nothing else; ids such as "quote-2026-0000123" have letters."""
    return bool(LONG_NUMBER.fullmatch(text.strip()))


def _split_path(text: str) -> str:
    try:
        return urlsplit(text).path
    except ValueError:
        return ""


def without_addresses(text: str) -> str:
    """Text with e-mail addresses blotted out."""
    return ADDRESS.sub("[address]", text) if "@" in text else text
