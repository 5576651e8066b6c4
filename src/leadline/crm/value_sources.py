"""Where the value of a field comes from: a local field, several, a template, or always the same. Pure, never raises."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from leadline.crm.records import Value
from leadline.crm.value_texts import cleaned, sound, text_of

STATUS = "status"
"""The local field that is sent back in the CRM's own words."""
REJECTED = "rejected"
Facts = Mapping[str, Value]
"""Of one lead, by the names of local fields."""
HANGING = " \t\n,;:|/·\u2013\u2014-"
"""Separators that a template leaves at an end when a name in it is empty."""


@dataclass(frozen=True, slots=True)
class Source:
    """One local field as it is."""

    name: str

    @property
    def names(self) -> tuple[str, ...]:
        """The local fields it reads."""
        return (self.name,)

    def value(self, facts: Facts) -> Value:
        """What goes on to the transforms."""
        return sound(facts.get(self.name))


@dataclass(frozen=True, slots=True)
class Constant:
    """The same for every lead."""

    constant: Value

    @property
    def names(self) -> tuple[str, ...]:
        """It reads nothing."""
        return ()

    def value(self, facts: Facts) -> Value:  # noqa: ARG002  # the same question as to the other sources
        """Whatever the lead."""
        return self.constant


@dataclass(frozen=True, slots=True)
class Join:
    """Several local fields with something between; empty ones are left out."""

    names: tuple[str, ...]
    separator: str = ", "

    def value(self, facts: Facts) -> Value:
        """None when all are empty."""
        return self.separator.join(filter(None, (text_of(facts.get(name)) for name in self.names))) or None


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a template: words, or a local field's name, or pieces that are left out with an empty name among them."""

    words: str = ""
    name: str = ""
    optional: "tuple[Piece, ...]" = ()


@dataclass(frozen=True, slots=True)
class Template:
    """Words with names of local fields in braces; what stands in brackets is left out when a name in it is empty.

    None when all names are empty. Where one is, separators left hanging at the ends go.

    Attributes:
        text: as the document has it.
    """

    pieces: tuple[Piece, ...]
    text: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The local fields it reads."""
        return tuple(dict.fromkeys(_names(self.pieces)))

    def value(self, facts: Facts) -> Value:
        """The text."""
        known = {name: text for name in self.names if (text := text_of(facts.get(name)))}
        if self.names and not known:
            return None
        text = "".join(_rendered(piece, known) for piece in self.pieces)
        return cleaned(text if len(known) == len(self.names) else text.strip(HANGING)) or None


@dataclass(frozen=True, slots=True)
class StatusWords:
    """What sales said here, in the CRM's own words: the first of them that means it.

    Attributes:
        words: (what was said, the reason of a rejection or "") -> the CRM's word.
    """

    words: Mapping[tuple[str, str], str]

    @property
    def names(self) -> tuple[str, ...]:
        """The local fields it reads."""
        return (STATUS, "rejection")

    def value(self, facts: Facts) -> Value:
        """None when the CRM has no word for it. A rejection for a reason without a word takes any word for one."""
        said = Source(STATUS).value(facts)
        reason = Source("rejection").value(facts) if said == REJECTED else None
        return self.words.get((str(said), str(reason or ""))) or self.words.get((str(said), ""))


ValueSource = Source | Constant | Join | Template | StatusWords


def _names(pieces: tuple[Piece, ...]) -> Iterator[str]:
    for piece in pieces:
        yield from ([piece.name] if piece.name else _names(piece.optional))


def _rendered(piece: Piece, known: Mapping[str, str]) -> str:
    if piece.name:
        return known.get(piece.name, "")
    if piece.optional and any(name not in known for name in _names(piece.optional)):
        return ""
    return piece.words + "".join(_rendered(each, known) for each in piece.optional)
