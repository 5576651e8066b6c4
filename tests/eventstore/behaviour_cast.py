"""Histories of a few people in an event store, and the same as plain Python sees them."""

from dataclasses import dataclass

from duckdb import DuckDBPyConnection
from event_cast import NOON, edges, page, segment

from leadline.eventstore.edges import append_edges
from leadline.eventstore.loading import load_segment

MINUTE = 60_000_000


@dataclass(frozen=True, slots=True)
class Act:
    """`lead` does something `minute` minutes after noon; each lead has two identities."""

    lead: int
    minute: int
    name: str
    device: int = 0

    @property
    def identity(self) -> int:
        return self.lead * 10 + self.device

    @property
    def at(self) -> int:
        return NOON + self.minute * MINUTE


def fill(cursor: DuckDBPyConnection, acts: list[Act]) -> None:
    """Load the acts and whose they are; all are listed people. A name with a slash is a page."""
    rows = [
        page(number, act.identity, act.at, **_named(act.name), properties='{"tool": "quiz"}')
        for number, act in enumerate(acts, 1)
    ]
    load_segment(cursor, segment("acts", rows))
    pairs = sorted({(act.identity, act.lead) for act in acts})
    append_edges(cursor, edges(*((number, *pair) for number, pair in enumerate(pairs, 1))))
    list_people(cursor)


def list_people(cursor: DuckDBPyConnection) -> None:
    """Everybody with an identity."""
    cursor.execute("""CREATE OR REPLACE TABLE memory.main.people AS
        SELECT DISTINCT lead, NULL::TIMESTAMP AS qualified_at FROM identity_lead ORDER BY lead""")


def _named(name: str) -> dict[str, str]:
    if name.startswith("/"):
        return {"kind": "page", "name": "Page", "path": name}
    return {"kind": "track", "name": name, "path": "/anywhere"}
