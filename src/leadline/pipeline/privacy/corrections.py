"""A person's traits corrected by hand: in their profile, their card, their company, what scores know of it, and from
there in CRM systems, which are told the normal way."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from leadline.eventstore.loading import last_load_seq, load_segment
from leadline.kernel.clock import to_micros
from leadline.pipeline import edges
from leadline.pipeline.changes import note_changed
from leadline.pipeline.engine import Engine
from leadline.pipeline.loads import segment_load
from leadline.pipeline.marks import current_mark
from leadline.pipeline.rescoring import catch_up_edges, evaluate_leads
from leadline.pipeline.sales import BusyError, locked
from leadline.pipeline.tick import tick
from leadline.privacy.fields import lookup_hasher
from leadline.tracking.arrivals import forget_taking
from leadline.tracking.corrections import KEY_BYTES, checked, message
from leadline.tracking.intake import Intake
from leadline.tracking.merging import root_of
from leadline.tracking.models import Identity, Lead


def correct(engine: Engine, lead: int, changes: Mapping[str, str], now: datetime) -> list[str]:
    """Correct traits of a lead. Returns the names of those that were given, never their values.

    Args:
        changes: by trait; an empty text removes it.

    Raises:
        TerminalError: nothing is to be corrected, or it can't be.
        BusyError: the pipeline is behind.
    """
    wanted = checked(changes, Identity.objects.filter(lead=lead).values_list("pk", flat=True))
    with locked(engine):
        tick(engine, now)
        intake = _record(engine, lead, wanted, now)
        _load(engine, intake)
        catch_up_edges(engine, now)
        evaluate_leads(engine, [lead], now)
        _move_mark(engine)
        note_changed(engine, [lead], intake.companies)
    return sorted(wanted)


@transaction.atomic
def _record(engine: Engine, lead: int, wanted: Mapping[str, str | None], now: datetime) -> Intake:
    """In the record store. It was not the person who was seen: when they were stays."""
    row = Lead.objects.get(pk=lead)
    contents = message(root_of(row), wanted, lookup_hasher(), secrets.token_bytes(KEY_BYTES), to_micros(now))
    intake = engine.desk.record(contents)
    forget_taking(contents.segment)
    Lead.objects.filter(pk=lead).update(last_seen_at=row.last_seen_at)
    return intake


def _load(engine: Engine, intake: Intake) -> None:
    """In the event store: what scores may know of the traits, and no event."""
    with engine.store.cursor() as cursor:
        if last_load_seq(cursor) > current_mark().load_seq:
            raise BusyError("The pipeline is behind.", advice="See `leadline status`; then correct it again.")
        load_segment(cursor, segment_load(replace(intake, drafts=(), identities=())))
        edges.copy_new(cursor)


def _move_mark(engine: Engine) -> None:
    with engine.store.cursor() as cursor:
        newest = last_load_seq(cursor)
    mark = current_mark()
    mark.load_seq = max(mark.load_seq, newest)
    mark.save(update_fields=["load_seq"])
