"""What may enter the event store: behaviour, never a person.

A property stays when the tracking plan or a ruleset lists it as not personal. Of the rest, numbers and booleans stay,
and short code-like words; free text, anything that looks like an address or a telephone number, and query strings go.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from urllib.parse import urlsplit

from leadline.tracking.traits import canonical_name

PERSONAL_NAMES = frozenset(
    "address age avatar birthday city email mail first_name firstname last_name lastname full_name fullname gender ip "
    "lat latitude lon lng longitude mobile name password passwd phone postal_code ssn street surname tel token secret "
    "user user_id userid username user_name zip anonymous_id anonymousid distinct_id contact person message".split()
)
PERSONAL_ENDINGS = frozenset(
    "address avatar birthday email firstname fullname gender ip lastname mail mobile passwd password phone postcode "
    "secret ssn street surname tel telephone token username zip".split()
)
"""The last word of names like `billingAddress` or `work_email`."""
PERSON_WORDS = frozenset(
    "agent author candidate client contact customer employee first full guest last lead manager member middle nick "
    "owner parent person recipient recruiter sender student user".split()
)
"""The word before `name` in names like `contactName`; a `toolName` is not personal."""
CODE_LIKE = re.compile(r"[A-Za-z0-9_.:/+-]{1,64}")
ADDRESS = re.compile(r"(?<![^\s@])[^\s@]+(?:@|%40)[^\s@]+")
"""It begins where a word does. Tried from within a word too, one of 32 KB takes seconds."""
LONG_NUMBER = re.compile(r"\+?\(?\d(?:[\s().-]*\d){6,}")
TELEPHONE_INSIDE = re.compile(
    r"(?<!\w)\+\d(?:[\s().-]*\d){6,}|(?<![\w.-])\(?\d{3}\)?[\s.-]\s?\d{3}[\s.-]\d{4}(?![\w-])"
)
PLAIN_NUMBER = re.compile(r"\d+(?:\.\d+)?")
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
NETWORK_ADDRESS = re.compile(
    r"(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?|(?:[0-9a-fA-F]{0,4}:){3,}[0-9a-fA-F.]{0,15}"
    r"|[0-9a-fA-F:]{0,45}::[0-9a-fA-F:.]{0,45}"
)
NETWORK_INSIDE = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
PATH_ID = re.compile(
    r"\d{7,}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|(?=\D*\d)(?:[0-9a-fA-F]{16,}|[A-Za-z0-9]{24,})|.{81,}"
    r"|[0-9a-z]{1,13}-[0-9a-f]{32,}"  # Django's password reset
    r"|[\w-]{16,}\.[\w-]{16,}(?:\.[\w-]*)?"  # JSON web tokens
    r"|.*:[\w-]{4,8}:[\w-]{27,}"  # django.core.signing
)
"""Numbers, UUIDs, tokens and whatever is too long for a word."""
QUERY_INSIDE = re.compile(r"(\w://[^\s?#]*)\S*")
TELEPHONE_FROM = 10**9
"""An unlisted whole number this large may be a telephone number."""
NAME_LENGTH = 100
CACHED = 8192
CACHED_LENGTH = 200
"""Texts up to this length are judged once while they are remembered: a platform says the same words all day."""
LONGEST_LIST = 100


def scrub(properties: Mapping[str, object], listed: frozenset[str], personal: frozenset[str]) -> dict[str, object]:
    """The properties that may be stored. `listed` ones are kept as they are, save addresses and telephone numbers; a
    listed number as text stays as well, since many platforms number their things so."""
    kept = {}
    for name, value in properties.items():
        is_listed = name in listed
        if name in personal or len(name) > NAME_LENGTH or not _may_be_kept(name, is_listed):
            continue
        clean = _clean(value, is_listed)
        if clean is not None:
            kept[name] = clean
    return kept


@lru_cache(maxsize=CACHED)
def is_personal_name(name: str) -> bool:
    """Whether a property of this name tells who somebody is, in any spelling: `userEmail`, `IPAddress`."""
    snake = canonical_name(name)
    *before, last = snake.split("_")
    return (
        snake in PERSONAL_NAMES
        or last in PERSONAL_ENDINGS
        or (last == "name" and bool(before) and before[-1] in PERSON_WORDS)
    )


def well_named(traits: Mapping[str, object]) -> Mapping[str, object]:
    """Traits, nested ones too, without those whose name is an address: which traits somebody has is kept in clear."""
    if not any(map(looks_personal, _names_in(traits))):
        return traits
    kept = {name: value for name, value in traits.items() if not looks_personal(name)}
    return {name: dict(well_named(value)) if isinstance(value, dict) else value for name, value in kept.items()}


def clean_path(url_or_path: object) -> str | None:
    """A path without query, fragment, ids, or segments that look personal."""
    if not isinstance(url_or_path, str):
        return None
    return _short_path(url_or_path) if len(url_or_path) <= CACHED_LENGTH else _path(url_or_path)


def host_of(url: object) -> str | None:
    """The host of a URL, without port and user; None when there is none."""
    if not isinstance(url, str) or "/" not in url:
        return None
    return _short_host(url) if len(url) <= CACHED_LENGTH else _host(url)


def clean_label(value: object) -> str | None:
    """A campaign's source, medium or name: short text without anything personal."""
    if not isinstance(value, str) or not value:
        return None
    text = without_nul(value)
    return None if looks_personal(text) else text[:120] or None


def without_addresses(text: str) -> str:
    """Text with e-mail addresses blotted out."""
    return ADDRESS.sub("[address]", text) if "@" in text or "%40" in text else text


def without_people(text: str) -> str:
    """A message for people without the e-mail addresses, telephone numbers and network addresses that it repeats."""
    text = TELEPHONE_INSIDE.sub("[telephone]", without_addresses(text))
    return NETWORK_INSIDE.sub("[address]", text)


def without_nul(text: str) -> str:
    """Text without the one character that PostgreSQL does not take."""
    return text.replace("\0", "") if "\0" in text else text


def looks_personal(text: str) -> bool:
    """Whether text is, or holds, an e-mail address, a telephone number or an IP address."""
    return _short_looks_personal(text) if len(text) <= CACHED_LENGTH else _looks_personal(text)


@lru_cache(maxsize=CACHED)
def _may_be_kept(name: str, listed: bool) -> bool:
    return not _looks_personal(name) and (listed or not is_personal_name(name))


def _clean(value: object, listed: bool) -> object:
    if isinstance(value, str):
        return _clean_short(value, listed) if len(value) <= CACHED_LENGTH else _clean_text(value, listed)
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value if listed or not _may_be_telephone(value) else None
    if isinstance(value, list):
        return [item for item in (_clean(part, listed) for part in value[:LONGEST_LIST]) if item is not None]
    if isinstance(value, dict):
        return scrub(value, frozenset(value) if listed else frozenset(), frozenset())
    return None


def _names_in(traits: Mapping[str, object]) -> Iterator[str]:
    for name, value in traits.items():
        yield name
        if isinstance(value, dict):
            yield from _names_in(value)


def _may_be_telephone(number: float) -> bool:
    return abs(number) >= TELEPHONE_FROM and number == int(number)


def _clean_text(text: str, listed: bool) -> str | None:
    value = without_nul(text)
    if _is_url(value):
        return clean_path(value)
    if not listed:
        return value if CODE_LIKE.fullmatch(value) and not looks_personal(value) else None
    if PLAIN_NUMBER.fullmatch(value):
        return value
    return None if looks_personal(value) else QUERY_INSIDE.sub(r"\1", value)


def _is_url(text: str) -> bool:
    return ("://" in text or text.startswith("/")) and not any(map(str.isspace, text))


def _looks_personal(text: str) -> bool:
    if ("@" in text or "%40" in text) and ADDRESS.search(text):
        return True
    return bool(_is_telephone(text) or TELEPHONE_INSIDE.search(text) or NETWORK_ADDRESS.fullmatch(text.strip("[] ")))


def _is_telephone(text: str) -> bool:
    """Digits with telephone punctuation and nothing else; ids such as "quote-2026-0000123" have letters."""
    bare = text.strip()
    return bool(LONG_NUMBER.fullmatch(bare)) and not ISO_DATE.fullmatch(bare)


def _path(text: str) -> str | None:
    parts = without_nul(_split_path(text)).split("/")
    return "/".join(":id" if _is_path_id(part) else part for part in parts)[:300] or None


def _is_path_id(part: str) -> bool:
    return bool(part) and (looks_personal(part) or PATH_ID.fullmatch(part) is not None)


def _split_path(text: str) -> str:
    try:
        return urlsplit(text).path
    except ValueError:
        return ""


def _host(url: str) -> str | None:
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return None if host is None or looks_personal(host) else without_nul(host)[:253]


_short_path = lru_cache(maxsize=CACHED)(_path)
_short_host = lru_cache(maxsize=CACHED)(_host)
_short_looks_personal = lru_cache(maxsize=CACHED)(_looks_personal)
_clean_short = lru_cache(maxsize=CACHED)(_clean_text)
