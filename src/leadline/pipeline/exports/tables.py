"""Which tables can be exported, and where their rows come from."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from leadline.kernel.errors import NotFoundError
from leadline.tracking.chunks import chunks
from leadline.tracking.models import EventSource, Lead

Add = Callable[[pa.RecordBatch], pa.RecordBatch]
PEOPLE = "memory.main.people"
CARD = ("name", "email", "phone", "title", "user_id")
POINTS = ("total", "engagement", "readiness", "conversion", "gain_week")
CHUNK = 5_000
UTC_MOMENT = pa.timestamp("us", "UTC")


@dataclass(frozen=True, slots=True)
class ExportTable:
    """One table.

    Attributes:
        label: for menus.
        query: over the store; {people} is the condition on people, by the name `people`, {time} that on moments.
        moment: what a period is asked of; empty when no period makes sense.
        add: puts columns in that the store does not have.
        personal: it says who somebody is, beyond a number.
    """

    name: str
    label: str
    query: str
    moment: str = ""
    add: Add | None = None
    personal: bool = False


def _points(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Scores as points instead of millionths."""
    names = batch.schema.names
    columns = [
        pa.array([None if value is None else value / 1_000_000 for value in column.to_pylist()], pa.float64())
        if name in POINTS
        else column
        for name, column in zip(names, batch.columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, names=names)


def with_cards(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Who the people are, right after their number; scores as points."""
    cards: dict[int, Any] = {}
    for some in _chunks(batch.column("lead").to_pylist()):
        cards |= {number: card or {} for number, card in Lead.objects.filter(pk__in=some).values_list("pk", "card")}
    batch = _points(batch)
    leads = batch.column("lead").to_pylist()
    said = [pa.array([cards.get(lead, {}).get(name) for lead in leads], pa.string()) for name in CARD]
    names = [*batch.schema.names[:1], *CARD, *batch.schema.names[1:]]
    return pa.RecordBatch.from_arrays([batch.columns[0], *said, *batch.columns[1:]], names=names)


def without_companies(batch: pa.RecordBatch, accounts: Collection[int]) -> pa.RecordBatch:
    """Without what these accounts are called, in a table of accounts or of their leads."""
    if not accounts or "company" not in batch.schema.names:
        return batch
    of_accounts = "account" in batch.schema.names
    numbers = batch.column("account" if of_accounts else "lead").to_pylist()
    hidden = set(accounts) if of_accounts else _leads_of(accounts)
    names = zip(numbers, batch.column("company").to_pylist(), strict=True)
    called = pa.array([None if number in hidden else name for number, name in names], pa.string())
    return batch.set_column(batch.schema.get_field_index("company"), "company", called)


def _leads_of(accounts: Collection[int]) -> set[int]:
    """Few: each is one person."""
    return {
        lead for some in chunks(accounts) for lead in Lead.objects.filter(account__in=some).values_list("pk", flat=True)
    }


def with_source_names(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The name of an event source instead of its number."""
    names = dict(EventSource.objects.values_list("pk", "name"))
    place = batch.schema.get_field_index("source")
    told = pa.array([names.get(number) for number in batch.column(place).to_pylist()], pa.string())
    return batch.set_column(place, "source", told)


def in_utc(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The store's moments are UTC and do not say so; in a file they do."""
    columns = [column.cast(UTC_MOMENT) if pa.types.is_timestamp(column.type) else column for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _chunks(leads: list[int]) -> Iterator[list[int]]:
    for first in range(0, len(leads), CHUNK):
        yield leads[first : first + CHUNK]


TABLES: Mapping[str, ExportTable] = {
    table.name: table
    for table in (
        ExportTable(
            "leads",
            "Leads and visitors, with who they are and where they stand",
            """SELECT lead, known, company, country, industry, employees, stage, stage_since, grade, fit, total,
                engagement, readiness, conversion, gain_week, owner, channel, source, campaign, landing, first_seen_at,
                last_seen_at, known_at, qualified_at, customer_at, contacted_at, accepted_at, rejected_at, rejection,
                seats, monthly_value, currency, crm_status
            FROM memory.main.people AS people WHERE {people} ORDER BY total DESC NULLS LAST, lead""",
            add=with_cards,
            personal=True,
        ),
        ExportTable(
            "accounts",
            "Companies, with how many of their people are in which stage",
            """SELECT account, any_value(company) AS company, any_value(country) AS country,
                any_value(industry) AS industry, any_value(employees) AS employees, count(*) AS people,
                count(qualified_at) AS ever_qualified, count(customer_at) AS customers, max(total) AS total,
                max(last_seen_at) AS last_seen_at
            FROM memory.main.people AS people WHERE account IS NOT NULL AND {people}
            GROUP BY account ORDER BY account""",
            add=_points,
        ),
        ExportTable(
            "conversions",
            "Conversions: quotes, calls, opportunities, won deals",
            """SELECT conversions.number, name, lead, converted_at, cancelled_at, amount, conversions.currency, value
            FROM memory.main.conversions AS conversions JOIN memory.main.people AS people USING (lead)
            WHERE {people} AND {time} ORDER BY converted_at, number""",
            "converted_at",
        ),
        ExportTable(
            "stage-moves",
            "Every stage that somebody entered",
            """SELECT lead, moved_at, from_stage, to_stage, moves.total
            FROM memory.main.moves AS moves JOIN memory.main.people AS people USING (lead)
            WHERE {people} AND {time} ORDER BY moved_at, lead""",
            "moved_at",
            add=_points,
        ),
        ExportTable(
            "visits",
            "Visits, with the channel they came by",
            """SELECT lead, started_at, ended_at, touches.channel, touches.source, touches.medium, touches.campaign,
                touches.landing, touches.referrer_domain, pages, events, engaged_ms
            FROM memory.main.touches AS touches JOIN memory.main.people AS people USING (lead)
            WHERE {people} AND {time} ORDER BY started_at, lead""",
            "started_at",
        ),
        ExportTable(
            "events",
            "Events, as they are stored: under a lead's number, free of personal data",
            """SELECT lead, occurred_at, received_at, events.source, kind, name, path, events.referrer_domain,
                utm_source, utm_medium, utm_campaign, properties
            FROM events JOIN identity_lead USING (identity) JOIN memory.main.people AS people USING (lead)
            WHERE NOT bot AND NOT internal AND {people} AND {time} ORDER BY occurred_at, message_hash""",
            "occurred_at",
            add=with_source_names,
        ),
        ExportTable(
            "scores",
            "Every stored score: a row when total, grade or stage changed",
            """SELECT lead, as_of, ruleset, scores.engagement, scores.readiness, scores.conversion, scores.total,
                scores.grade, scores.fit, scores.stage
            FROM scores JOIN memory.main.people AS people USING (lead) WHERE {people} AND {time}
            ORDER BY as_of, lead""",
            "as_of",
            add=_points,
        ),
    )
}


def table_named(name: str) -> ExportTable:
    """A table that can be exported.

    Raises:
        NotFoundError: there is none of that name.
    """
    if (found := TABLES.get(name)) is None:
        raise NotFoundError(f"There is no table {name!r} to export.", advice=f"There are: {', '.join(TABLES)}.")
    return found
