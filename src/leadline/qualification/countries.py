"""Countries as people and forms write them ("Germany", "DE", "Deutschland", "deu"), compared by ISO 3166 code. Pure.

The names in countries.tsv are those of the IANA time zone database's iso3166.tab, with the three letters and the own
names of those that leads come from. What is in no list is compared by its letters.
"""

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

NOT_LETTERS = re.compile(r"[^\w]+")


def country_code(text: str) -> str:
    """The two letters of a country, whatever it is called; what no list has, as plain lower-case letters."""
    plain = _plain(text)
    return _codes().get(plain, plain)


def country_name(text: str) -> str:
    """The English name of a country, whatever it is called; what no list has, as it was written."""
    return _names().get(country_code(text), text.strip())


def is_country(text: str) -> bool:
    """Whether a list has it."""
    return country_code(text) in _names()


@lru_cache(maxsize=1)
def _rows() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    text = (files("leadline.qualification") / "countries.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return tuple((code, name, tuple(filter(None, others.split(";")))) for code, name, others in rows)


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    return {_plain(word): code for code, name, others in _rows() for word in (code, name, *others)}


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    return {code: name for code, name, _ in _rows()}


def _plain(text: str) -> str:
    """Lower case, without accents, punctuation and a leading "the"."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(each for each in folded if not unicodedata.combining(each)).replace("&", " and ")
    words = NOT_LETTERS.sub(" ", letters.replace(".", "")).split()
    return " ".join(words[1:] if words[:1] == ["the"] else words)
