"""The words of names, and the beginnings by which they are found. Pure.

What is kept of a word are keyed digests of its beginnings of three to eight letters and of the whole word; what of a
search goes beyond eight letters is compared with the opened names.
"""

import unicodedata
from collections.abc import Iterable, Mapping

NAMES = ("name", "first_name", "last_name")
"""Of a lead's card, what is searched by."""
SHORTEST, LONGEST = 3, 8
"""Letters of a beginning that is kept."""
MOST_WORDS = 12
"""Of one person; what is longer than that is no name."""
WHOLE = 2
"""A word of two letters is found whole: Bo, Li."""
WITHOUT_MARK = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "'": None, "\u2019": None}
)
"""Letters that Unicode does not take apart, and apostrophes: O'Brien is one word."""


def words_of(text: str) -> list[str]:
    """The words of a text in the order they stand: without case, accents and apostrophes; of any script."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(WITHOUT_MARK)
    letters = unicodedata.normalize("NFKD", plain)  # folding may have made accents: dotted I
    spaced = "".join(_as_letter(each) for each in letters)
    return [word for word in spaced.split() if len(word) >= WHOLE]


def names_of(card: Mapping[str, str] | None) -> frozenset[str]:
    """Every word of a person's names."""
    texts = " ".join(str((card or {}).get(name, "")) for name in NAMES)
    return frozenset(list(dict.fromkeys(words_of(texts)))[:MOST_WORDS])


def beginnings(word: str) -> set[str]:
    """What a word is found by."""
    kept = {word[:length] for length in range(SHORTEST, min(len(word), LONGEST) + 1)}
    return kept | ({word} if len(word) < SHORTEST else set())


def fits(names: Iterable[str], asked: Iterable[str]) -> bool:
    """Whether each word that is asked for begins one of the names; one of two letters must be one."""
    known = list(names)
    return all(any(_begins(name, word) for name in known) for word in asked)


def _begins(name: str, word: str) -> bool:
    return name.startswith(word) if len(word) >= SHORTEST else name == word


def _as_letter(character: str) -> str:
    kind = unicodedata.category(character)
    return "" if kind == "Mn" else character if kind[0] in "LM" else " "
