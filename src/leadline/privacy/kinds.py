"""Kinds of personal data, registered where each is defined: what it is, why it is held, for how long, how a person's
share of it is shown to them and how it is taken away.

A stage registers its kinds in its module `personal.py`. Archives, erasures, retention and the documents that a data
protection officer signs are made from what is registered, so that none of them can leave a kind out. A model or table
that no kind covers must be named by `not_personal`, with the reason; tests fail for one that is neither.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from leadline.kernel.errors import ConfigurationError

Record = dict[str, Any]
"""One thing held about a person, as plain JSON values, in words that they understand."""


class Store(StrEnum):
    """Where a kind of data lies."""

    RECORDS = "records"
    EVENTS = "event store"
    SPOOL = "spool"
    FILES = "files"
    ELSEWHERE = "another system"


class Whose(StrEnum):
    """About whom a kind of data is."""

    LEADS = "people who use the platform"
    USERS = "people who work with Leadline"


@dataclass(frozen=True, slots=True)
class Subject:
    """One person, as the stores know them.

    Attributes:
        leads: the numbers of the leads that are theirs: merged ones too.
        identities: the surrogate numbers of their names.
        names: (kind, value) of each name, in clear: what spooled bodies and other systems are searched for.
        users: the numbers of their accounts here, of somebody who works with Leadline.
    """

    leads: tuple[int, ...]
    identities: tuple[int, ...]
    names: tuple[tuple[str, str], ...] = ()
    users: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DataKind:
    """One kind of personal data.

    Attributes:
        name: "stage.thing", such as "tracking.profiles"; unique.
        title: for people to read.
        store: where it lies.
        covers: the labels of the models ("tracking.Profile") and tables ("events.traits") that hold it.
        holds: what is in it, in a sentence.
        purpose: what for.
        basis: the legal basis, such as "legitimate interest (GDPR art. 6(1)(f))".
        recipients: who else gets it; empty for nobody.
        retention: the name of its retention rule; empty while it goes with the person.
        given: they gave it themselves, so that it is theirs to take to another service (GDPR art. 20).
        whose: about whom it is.
        export: what is held about a person, for their archive.
        erase: take it away; returns how many things went. Repeated, it returns 0.
        remains: how many things are still held: the proof of an erasure.
    """

    name: str
    title: str
    store: Store
    covers: tuple[str, ...]
    holds: str
    purpose: str
    basis: str
    export: Callable[[Subject], Iterable[Record]]
    erase: Callable[[Subject], int]
    remains: Callable[[Subject], int]
    recipients: tuple[str, ...] = ()
    retention: str = ""
    given: bool = False
    whose: Whose = Whose.LEADS


_kinds: dict[str, DataKind] = {}
_not_personal: dict[str, str] = {}


def register(kind: DataKind) -> DataKind:
    """Have a kind known.

    Raises:
        ConfigurationError: another one has its name.
    """
    if _kinds.setdefault(kind.name, kind) is not kind:
        raise ConfigurationError(f"Two kinds of personal data are named {kind.name}.", advice="Rename one.")
    return kind


def not_personal(why: str, *labels: str) -> None:
    """Say that models or tables hold nothing about a person, and why."""
    _not_personal.update(dict.fromkeys(labels, why))


def kinds() -> Iterator[DataKind]:
    """All that is registered, by name."""
    yield from (_kinds[name] for name in sorted(_kinds))


def covered() -> dict[str, str]:
    """By label of a model or table: the name of the kind that covers it, or why none has to."""
    held = {label: kind.name for kind in kinds() for label in kind.covers}
    return {**_not_personal, **held}
