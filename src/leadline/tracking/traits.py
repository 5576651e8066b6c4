"""Traits under their canonical names: flat, snake_case, the company's with a prefix where it could be the person's.

Both the door and the scoring SDK read traits through this.
"""

import json
import re
from collections.abc import Mapping
from functools import lru_cache

ALIASES: Mapping[str, str] = {
    "job_title": "title",
    "email_address": "email",
    "e_mail": "email",
    "phone_number": "phone",
    "telephone": "phone",
    "mobile": "phone",
    "given_name": "first_name",
    "family_name": "last_name",
    "firstname": "first_name",
    "lastname": "last_name",
    "jobtitle": "title",
    "organization": "company_name",
    "organisation": "company_name",
    "company_industry": "industry",
    "company_employees": "employees",
    "company_size": "employees",
    "employee_count": "employees",
    "number_of_employees": "employees",
    "company_website": "website",
    "company_country": "country",
    "postcode": "postal_code",
}
"""Names that senders use for the same thing; keys are in snake_case already."""

NESTED: Mapping[str, str] = {"company": "company_", "address": ""}
"""Segment's nested traits, and the prefix of what they hold."""

CONTACT_TRAITS = ("email", "phone")
"""Those by which somebody can be reached."""
NOISE_MARK = "~"
"""Before the name of a contact trait that only noise told: no canonical name has it, so that no metric reads it."""

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def canonical_traits(traits: Mapping[str, object]) -> dict[str, object]:
    """Segment's traits, flat and under canonical names.

    `firstName` becomes `first_name`, `company: {name, employees, industry}` becomes `company_name`, `employees`,
    `industry`, a company given as text `company_name`, `address: {city, country}` `city`, `country`. What stands
    at the top wins over what is nested. Empty values (None, empty text, list or object) are kept as None: they say
    that a trait was removed.
    """
    nested: dict[str, object] = {}
    flat: dict[str, object] = {}
    for key, value in traits.items():
        name = canonical_name(key)
        if name in NESTED:
            nested.update(_flattened(name, value))
        else:
            flat[name] = _value(value)
    return nested | flat


def canonical_company_traits(traits: Mapping[str, object]) -> dict[str, object]:
    """The traits of a `group` message, which describe the company, as traits of the person."""
    return canonical_traits({"company": dict(traits)})


@lru_cache(maxsize=4096)
def canonical_name(key: str) -> str:
    """A trait's name in snake_case, aliases resolved."""
    snake = re.sub(r"[^a-z0-9]+", "_", _WORD_START.sub("_", key.strip()).lower()).strip("_")
    return ALIASES.get(snake, snake)


def trait_text(value: object) -> str | None:
    """A trait's value as the text that rules compare with; None when it is empty."""
    if _value(value) is None:
        return None
    if isinstance(value, list | tuple):
        return ", ".join(text for item in value if (text := trait_text(item)))
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)


def _flattened(name: str, value: object) -> dict[str, object]:
    if isinstance(value, Mapping):
        return _prefixed(NESTED[name], value)
    return {"company_name" if name == "company" else name: _value(value)}


def _prefixed(prefix: str, inner: Mapping[object, object]) -> dict[str, object]:
    """What is nested, each name with the prefix of what it is nested in; a company's address is nested twice."""
    flat: dict[str, object] = {}
    for key, value in inner.items():
        if prefix and _plain(key) == "address" and isinstance(value, Mapping):
            flat = {canonical_name(f"{prefix}{_plain(part)}"): _value(each) for part, each in value.items()} | flat
        else:
            flat[canonical_name(f"{prefix}{_plain(key)}")] = _value(value)
    return flat


def _plain(key: object) -> str:
    """A nested key without the prefix it may repeat: a company's `companyName` is its `name`."""
    return canonical_name(str(key)).removeprefix("company_")


def _value(value: object) -> object:
    if isinstance(value, str):
        value = value.strip()
    return None if value is None or value == "" or value == [] or value == {} or value == () else value
