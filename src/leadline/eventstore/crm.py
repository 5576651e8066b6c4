"""What a CRM is told of leads that stands in the event store: first and last visits, and the factors of a score.

Visits are those of the tables that reports read, which must be up to date.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from leadline.eventstore.columns import MICROS
from leadline.eventstore.database import Cursor
from leadline.eventstore.schema import sql
from leadline.qualification.countries import country_name

WANTED = pa.schema([("lead", pa.int64()), ("at", MICROS)])


@dataclass(frozen=True, slots=True)
class Touch:
    """A visit that led somewhere. Texts are empty where nothing is known."""

    at: datetime
    channel: str
    source: str
    campaign: str
    landing: str


@dataclass(frozen=True, slots=True)
class Touches:
    """The first and the last visit of somebody; one and the same of who came once."""

    first: Touch
    last: Touch


@dataclass(frozen=True, slots=True)
class Factors:
    """What each factor of a score gave, in millionths of a point and in the order of the ruleset's factors."""

    ruleset: int
    micro: tuple[int, ...]


def touch_stamps(cursor: Cursor) -> dict[int, int]:
    """{lead: a number that is another one when the first or the last visit is}; nobody without a visit."""
    table = cursor.execute(sql("crm_touch_stamps")).to_arrow_table()
    return dict(zip(table.column("lead").to_pylist(), table.column("stamp").to_pylist(), strict=True))


def touches_of(cursor: Cursor, leads: Iterable[int]) -> dict[int, Touches]:
    """The first and the last visit of these leads; those without a visit are left out."""
    with_moments = ((lead, None) for lead in leads)
    found: dict[int, list[Touch]] = {}
    for lead, at, channel, source, campaign, landing, _ in _rows(cursor, "crm_touches", with_moments):
        touch = Touch(at.replace(tzinfo=UTC), channel or "", source or "", campaign or "", landing or "")
        found.setdefault(lead, []).append(touch)
    return {lead: Touches(visits[0], visits[-1]) for lead, visits in found.items()}


def factors_at(cursor: Cursor, moments: Mapping[int, datetime]) -> dict[int, Factors]:
    """{lead: its factors as they were last scored by that moment}."""
    plain = ((lead, at.astimezone(UTC).replace(tzinfo=None)) for lead, at in moments.items())
    return {lead: Factors(ruleset, tuple(micro)) for lead, micro, ruleset in _rows(cursor, "crm_factors", plain)}


def leads_from(cursor: Cursor, countries: Sequence[str]) -> frozenset[int]:
    """Who is there, by what they said or their company's; two letters each."""
    names = [country_name(each) for each in countries]
    rows = cursor.execute("SELECT lead FROM memory.main.people WHERE country IN (SELECT unnest(?))", [names])
    return frozenset(lead for (lead,) in rows.fetchall())


def _rows(cursor: Cursor, query: str, wanted: Iterable[tuple[int, datetime | None]]) -> list[Any]:
    rows = list(wanted)
    columns = [pa.array([row[place] for row in rows], kind.type) for place, kind in enumerate(WANTED)]
    cursor.register("given_wanted", pa.Table.from_arrays(columns, schema=WANTED))
    try:
        return cursor.execute(sql(query)).fetchall()
    finally:
        cursor.unregister("given_wanted")
