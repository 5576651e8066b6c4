"""What the sync loop asks of the rest of Leadline. The pipeline answers (pipeline/crm/), tests with a dictionary.

Two questions about what should be in the CRM: which leads have changed since they were last looked at (by stamps,
100,000 in well under two seconds), and what is known of a few of them. And one thing to say: what came back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from leadline.crm.records import LocalRecord, RemoteRecord, Value


@dataclass(frozen=True, slots=True)
class WhoRule:
    """Who is synced.

    Attributes:
        stages: a lead in one of these. grades: and of one of these (empty: any).
        countries: and there (two letters; empty: anywhere).
    """

    stages: tuple[str, ...] = ("qualified", "customer")
    grades: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


class LocalLeads(Protocol):
    """What should be in the CRM."""

    def stamps(self, who: WhoRule, linked: Iterable[int]) -> Mapping[int, int]:
        """{lead: stamp} of everybody the rule takes now, and of the linked ones. A stamp changes whenever a row that a
        record is made of changes; 63 bits."""

    def records(self, who: WhoRule, leads: Sequence[int]) -> Sequence[LocalRecord]:
        """What is known of leads; those that exist no more are left out."""

    def survivors(self, leads: Sequence[int]) -> Mapping[int, int]:
        """{lead: the one it was merged into} of those that were merged here."""

    def tellable(self, connection: str, conversions: Sequence[int]) -> Mapping[int, str]:
        """{conversion: what people call it}, without those that this very connection reported (its deals)."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A linked record that changed in the CRM.

    Attributes:
        before: the fields as they were last seen there ({} the first time); status_before likewise.
    """

    lead: int
    record: RemoteRecord
    before: Mapping[str, Value]
    status_before: str = ""
    owner_before: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an arrival: sentences of what was done ("Marked as contacted"), and of what could not be."""

    lead: int
    done: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


class Inbox(Protocol):
    """Takes what came back: lead status, owner, deals, fields that are theirs. Taken twice, it does nothing more."""

    def take(self, connection: str, arrivals: Sequence[Arrival]) -> Sequence[Taken]:
        """Durable when it returns."""
