"""The event store's tables as kinds of personal data: pseudonymous, under numbers that only the record store knows.

One erasure takes a person out of all of them (`eventstore.erasing`): whichever kind is erased first does it, and says
how many of its own rows went. Their bytes go when the store is copied into a new file.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from leadline.eventstore import doings, kept_raws, personal_rows, projections, tried_raws
from leadline.eventstore.erasing import erase_identities
from leadline.eventstore.personal_rows import PersonalTable, count_about, rows_about
from leadline.eventstore.queries import properties_of
from leadline.pipeline.changes import note_everybody
from leadline.pipeline.engine import Engine
from leadline.pipeline.privacy.at_work import engine_at_work
from leadline.privacy.kinds import DataKind, Record, Store, Subject, not_personal, register
from leadline.privacy.rows import plain
from leadline.scoring.arithmetic import points
from leadline.tracking.models import EventSource

INTEREST = "legitimate interest (GDPR art. 6(1)(f)); consent where the platform asks for it"
UNSAID = ("load_seq", "message_hash", "message_key", "factors", "edge_id", "alone")
SCORES = ("total", "engagement", "readiness", "conversion", "week_ago_total", "fit_points")
WHAT = {
    "events": "event",
    "traits": "trait that rules may read",
    "scores": "score",
    "current_scores": "score now",
    "evaluations": "scored at",
    "sessions": "visit",
    "cells": "sum of a day",
    "edges": "belongs to a lead since",
    "identity_lead": "belongs to a lead",
}


class OfTables:
    """Shows, takes away and counts a person's rows of some tables."""

    def __init__(self, tables: Sequence[PersonalTable]) -> None:
        self.tables = tables

    def export(self, subject: Subject) -> Iterator[Record]:
        """Row by row; scores as points, sources by name."""
        sources = dict(EventSource.objects.values_list("pk", "name"))
        with engine_at_work().store.cursor() as cursor:
            for table in self.tables:
                for row in rows_about(cursor, table, subject.leads, subject.identities):
                    yield {"what": WHAT[table.name], **_told(row, sources)}

    def erase(self, subject: Subject) -> int:
        """The person's rows of every table go; those of these tables are counted."""
        held = self.remains(subject)
        if held:
            with engine_at_work().lock, engine_at_work().store.cursor() as cursor:
                erase_identities(cursor, subject.identities)
        return held - self.remains(subject)

    def remains(self, subject: Subject) -> int:
        """How many rows there are."""
        with engine_at_work().store.cursor() as cursor:
            return sum(count_about(cursor, table, subject.leads, subject.identities) for table in self.tables)


class OfMemory(OfTables):
    """The same of tables in memory, which only repeat what others show."""

    def export(self, subject: Subject) -> Iterator[Record]:  # noqa: ARG002  # the signature of an export
        """Nothing that is not shown already."""
        return iter(())

    def erase(self, subject: Subject) -> int:
        """All of it goes, everybody's too; it is made again from what is left."""
        held = self.remains(subject)
        if held:
            forget_memory(engine_at_work())
        return held - self.remains(subject)


def forget_memory(engine: Engine) -> None:
    """Let everything go that is made of stored rows and kept in memory; it is made again when it is asked for.

    One lock after the other: whoever tries rules takes `lock` inside `trying`.
    """
    with engine.trying, engine.store.cursor() as cursor:
        tried_raws.forget(cursor)
        engine.tried = None
    with engine.projecting, engine.store.cursor() as cursor:
        projections.forget(cursor)
        engine.projected = None
    with engine.lock, engine.store.cursor() as cursor:
        kept_raws.forget(cursor)
        doings.forget(cursor)
    note_everybody(engine)
    engine.reports.clear()


def _told(row: Record, sources: dict[int, str]) -> Record:
    said = {name: value for name, value in row.items() if name not in UNSAID and value is not None}
    said |= {name: points(said[name]) for name in SCORES if name in said}
    if "source" in said:
        said["source"] = sources.get(said["source"], said["source"])
    if "properties" in said:
        said["properties"] = properties_of(said["properties"])
    return {name: plain(_aware(value)) for name, value in said.items()}


def _aware(value: object) -> object:
    """The store's moments are UTC and do not say so."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


def _register(name: str, title: str, holds: str, purpose: str, retention: str = "visitors") -> None:
    tables = personal_rows.STORED[name]
    of = OfTables(tables)
    register(
        DataKind(
            name=f"events.{name}",
            title=title,
            store=Store.EVENTS,
            covers=tuple(f"events.{table.name}" for table in tables),
            holds=holds,
            purpose=purpose,
            basis=INTEREST,
            export=of.export,
            erase=of.erase,
            remains=of.remains,
            retention=retention,
            given=name == "events",
        )
    )


_register(
    "events",
    "What they did",
    "Pages, clicks and other events with their moments and properties, free of names and addresses.",
    "To measure what people are interested in.",
)
_register(
    "traits",
    "Traits that rules read",
    "Which traits are known, and the values of those that say nothing about who somebody is: country, industry, size.",
    "To score without knowing who somebody is.",
)
_register(
    "scores",
    "Scores",
    "Every score since the first, with grade and stage, and when somebody was scored.",
    "To tell who wants to buy, and to explain it afterwards: profiling.",
)
_register(
    "visits",
    "Visits",
    "Begin, end, pages, attention and origin of each visit.",
    "To tell what brings people, and how long they stay.",
)
_register(
    "measured",
    "Sums by day",
    "What scores are made of: by day, how much of which metric.",
    "To score quickly.",
)
_register(
    "pointers",
    "Which name is whose",
    "Numbers of names and numbers of leads, and since when they belong together.",
    "To count a person once.",
)
_memory = OfMemory(personal_rows.IN_MEMORY)
register(
    DataKind(
        name="events.memory",
        title="Tables in memory",
        store=Store.EVENTS,
        covers=tuple(table.name.replace("memory.main.", "memory.") for table in personal_rows.IN_MEMORY),
        holds="Copies and sums of what the other kinds hold, without names, for as long as the process runs.",
        purpose="To answer lists and reports quickly.",
        basis=INTEREST,
        export=_memory.export,
        erase=_memory.erase,
        remains=_memory.remains,
    )
)
not_personal(
    "names of loads, of metrics and of the store's version; totals of people who are gone, without anybody in them",
    *(f"events.{name}" for name in personal_rows.ABOUT_NOBODY),
    *(f"memory.{name}" for name in personal_rows.ABOUT_NOBODY_IN_MEMORY),
)
