"""What a person allows: shown with its proof, and written down by hand."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from typing import Any

from django.db import transaction

from leadline.kernel.clock import utc_now
from leadline.kernel.errors import TerminalError
from leadline.pipeline.changes import note_changed
from leadline.pipeline.engine import Engine
from leadline.pipeline.finding import find_lead
from leadline.pipeline.rescoring import evaluate_leads
from leadline.pipeline.sales import locked
from leadline.privacy.sight import sight
from leadline.tracking.consent import Purpose, Times
from leadline.tracking.consent_book import GIVEN, REFUSED, by_hand, keep
from leadline.tracking.consent_times import FLAGS, times_of
from leadline.tracking.leads import renew_cards
from leadline.tracking.merging import root_of
from leadline.tracking.models import ConsentStatement, ConsentTimes, Lead

SAID = (GIVEN, REFUSED)
MOST = 100
"""Statements shown of one person: the latest."""
LONGEST_REASON = 1_000


def lead_consents(engine: Engine, lead: str) -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """What a person allows, and every statement that says so, the latest first.

    Raises:
        NotFoundError: nobody fits.
    """
    return consents_of(find_lead(lead))


def lead_consent(
    engine: Engine, lead: str | int, purpose: str, said: str, because: str, by: str = "", via: str = "cli"
) -> dict[str, Any]:
    """Write down what a person said to one of us: it counts before everything that pages say, until something else is
    written down.

    Args:
        purpose: profiling, marketing or sharing. said: given or refused. because: how we know.
        by: who writes it down. via: where.

    Raises:
        NotFoundError: nobody fits.
        TerminalError: the purpose or the statement can't be, or there is no reason.
        BusyError: the pipeline is busy with everybody.
    """
    meant, reason = _purpose(purpose), because.strip()[:LONGEST_REASON]
    if said not in SAID:
        raise TerminalError(f"{said!r} is no statement.", advice=f"Say {' or '.join(SAID)}.")
    if not reason:
        raise TerminalError("How this is known is missing.", advice='Say it: --because "She asked us by telephone."')
    found = find_lead(lead)
    with locked(engine):
        _write_down(engine, found, meant, said == GIVEN, utc_now(), (by or via)[:120], reason)
    note_changed(engine, [found.pk])
    return consents_of(Lead.objects.get(pk=found.pk))


@transaction.atomic
def _write_down(engine: Engine, lead: Lead, purpose: Purpose, given: bool, at: datetime, by: str, because: str) -> None:
    """In one transaction with the evaluation: one that dies is done again as a whole."""
    keep([by_hand(root_of(lead).pk, purpose, given, at, uuid.uuid4().bytes, by, because)])
    renew_cards([lead.pk])
    if purpose is Purpose.PROFILING:
        evaluate_leads(engine, [lead.pk], at)


def consents_of(lead: Lead) -> dict[str, Any]:
    """The same of a lead, as plain data."""
    times = [(row.purpose, times_of(row)) for row in ConsentTimes.objects.filter(identity__lead=lead)]
    rows = ConsentStatement.objects.filter(identity__lead=lead).select_related("source")
    return {
        "lead": lead.pk,
        "consent": {each.value: _standing(lead, each, [t for name, t in times if name == each]) for each in Purpose},
        "statements": [_told(row) for row in rows.order_by("-said_at", "-pk")[:MOST]],
    }


def _standing(lead: Lead, purpose: Purpose, told: Iterable[Times]) -> dict[str, Any]:
    times = reduce(Times.joined, told, Times())
    said = {True: GIVEN, False: REFUSED, None: ""}[times.verdict]
    return {"allowed": getattr(lead, FLAGS[purpose]), "said": said, "by_hand": times.is_by_hand}


def _told(row: ConsentStatement) -> dict[str, Any]:
    return {
        "purpose": row.purpose,
        "said": GIVEN if row.given else REFUSED,
        "said_at": row.said_at.isoformat(),
        "received_at": row.received_at.isoformat(),
        "how": row.how,
        "source": row.source.name if row.source else "",
        "version": row.version,
        "path": row.path,
        "by": row.by,
        "because": (row.because or "") if sight().people else "",
    }


def _purpose(text: str) -> Purpose:
    try:
        return Purpose(text)
    except ValueError as error:
        raise TerminalError(f"{text!r} is no purpose.", advice=f"There are: {', '.join(Purpose)}.") from error
