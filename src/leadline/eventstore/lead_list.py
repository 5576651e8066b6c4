"""Which leads a list shows: filtered and sorted over the people table, page by page. The rows themselves are read from
the record store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leadline.analytics.segments import Segment
from leadline.eventstore.database import Cursor
from leadline.eventstore.projections import PEOPLE
from leadline.eventstore.segments import segment_sql

ORDERS: Mapping[str, str] = {
    "total": "total",
    "last_seen": "epoch_us(last_seen_at)",
    "gain": "gain_week",
    "stage_since": "epoch_us(stage_since)",
    "value": "coalesce((monthly_value * 100)::BIGINT, -1)",
    "known": "coalesce(epoch_us(known_at), -1)",
}
"""By the name of a sort, a whole number; the greatest comes first, then the lower number of the lead."""
FOUND = """(people.lead IN (SELECT unnest($named)) OR account NOT IN (SELECT unnest($unseen)) AND
    (coalesce(contains(lower(company), lower($text)), false)
    OR coalesce(contains(lower(domain), lower($domain)), false)))"""


@dataclass(frozen=True, slots=True)
class Search:
    """A text that people are found by: part of a company's name or domain; `named` are those it names themselves,
    `unseen` the accounts that nobody is to be found by."""

    text: str
    named: Sequence[int] = ()
    unseen: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class ListQuestion:
    """What a list asks.

    Attributes:
        after: (the sort's number, the lead) that the page before ended with.
        owner: the number of a user; only the leads that they own.
    """

    segment: Segment
    search: Search | None = None
    visitors: bool = False
    sort: str = "total"
    after: tuple[int, int] | None = None
    now: datetime | None = None
    owner: int | None = None


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """Leads in their order, each with the sort's number; `count` is one more than the cap for any number above it."""

    places: list[tuple[int, int]] = field(default_factory=list)
    count: int = 0


def listed(cursor: Cursor, asked: ListQuestion, size: int, cap: int) -> ListAnswer:
    """A page's leads and how many there are in all."""
    condition, given = _condition(asked)
    place = ORDERS[asked.sort]
    if asked.search is not None:  # texts are compared once; without any, counting up to the cap is less than keeping
        kept = f"CREATE OR REPLACE TEMP TABLE found AS SELECT lead, {place} AS place FROM {PEOPLE} AS people"
        cursor.execute(f"{kept} WHERE {condition}", given)
        of = _Rows("found", "place")
    else:
        of = _Rows(PEOPLE, place, condition, given)
    return ListAnswer(_places(cursor, of, asked.after, size), _count(cursor, of, cap))


def counts_by_band(cursor: Cursor) -> dict[tuple[str, int], int]:
    """How many known people there are, by grade and fit."""
    query = f"SELECT grade, fit, count(*) FROM {PEOPLE} WHERE known AND coalesce(stage, '') <> '' GROUP BY ALL"
    return {(grade, fit): count for grade, fit, count in cursor.execute(query).fetchall()}


def every_lead(cursor: Cursor, asked: ListQuestion, most: int) -> list[int]:
    """The first leads of the list, at most so many."""
    condition, given = _condition(asked)
    rows = _Rows(PEOPLE, ORDERS[asked.sort], condition, given)
    return [lead for lead, _ in _places(cursor, rows, asked.after, most)]


def facts_of(cursor: Cursor, leads: Sequence[int], columns: Sequence[str]) -> dict[int, dict[str, Any]]:
    """Columns of the people table that the record store does not have, by lead."""
    wanted = ", ".join(columns)
    query = f"SELECT lead, {wanted} FROM memory.main.people WHERE lead IN (SELECT unnest($leads))"  # our own names
    rows = cursor.execute(query, {"leads": list(leads)}).fetchall()
    return {lead: dict(zip(columns, rest, strict=True)) for lead, *rest in rows}


def choices_of(cursor: Cursor, column: str, most: int = 100) -> list[str]:
    """The values that a column of the people table has, the most frequent first."""
    query = f"""SELECT {column} FROM memory.main.people WHERE coalesce({column}, '') <> ''
        GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {most}"""  # our own names
    return [value for (value,) in cursor.execute(query).fetchall()]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of a table, and the whole number that they are ordered by."""

    table: str
    place: str
    condition: str = "true"
    given: Mapping[str, object] = field(default_factory=dict)


def _count(cursor: Cursor, of: _Rows, cap: int) -> int:
    some = f"SELECT 1 FROM {of.table} AS people WHERE {of.condition} LIMIT {cap + 1}"
    (count,) = cursor.execute(f"SELECT count(*) FROM ({some})", of.given).fetchall()[0]
    return int(count)


def _places(cursor: Cursor, of: _Rows, after: tuple[int, int] | None, size: int) -> list[tuple[int, int]]:
    beyond, values = "true", dict(of.given)
    if after is not None:
        beyond = f"({of.place} < $place OR {of.place} = $place AND lead > $behind)"
        values["place"], values["behind"] = after
    query = f"""SELECT lead, {of.place} AS place FROM {of.table} AS people WHERE {of.condition} AND {beyond}
        ORDER BY 2 DESC, lead LIMIT {size}"""
    return cursor.execute(query, values).fetchall()


def _condition(asked: ListQuestion) -> tuple[str, dict[str, object]]:
    """Whoever has no score yet is on no list."""
    condition, given = segment_sql(asked.segment, now=asked.now)
    parts = ["coalesce(stage, '') <> ''", condition] + ([] if asked.visitors else ["known"])
    if asked.owner is not None:
        parts.append("owner_user = $owner_user")
        given |= {"owner_user": asked.owner}
    if asked.search is not None:
        parts.append(FOUND)
        given |= {"named": list(asked.search.named), "text": asked.search.text, "unseen": list(asked.search.unseen)}
        given["domain"] = asked.search.text.removeprefix("@")
    return " AND ".join(parts), given
