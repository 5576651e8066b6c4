"""How promises of a first contact were kept: for pages and reports. Counted from the feed and the words, not from where
leads stand now, so that a lead that was won or lost since then still counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from leadline.qualification.models import QualificationEvent, SalesAction, Standing, Transition
from leadline.qualification.records import SALES_CONTACT
from leadline.qualification.sla import working_time_between
from leadline.qualification.stages import Stage
from leadline.scoring.ruleset import Ruleset
from leadline.tracking.models import Conversion

MOST = 5_000
"""The latest entries into the stage, so many at most."""


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """Of the leads that qualified since a moment.

    Attributes:
        kept: contacted before the promise was broken.
        broken: the promise was broken, whether they were contacted later or not.
        open: not contacted yet, and not due.
        median_minutes: of working time from qualifying to first contact, of those contacted; None without any.
    """

    qualified: int
    kept: int
    broken: int
    open: int
    median_minutes: int | None


def contact_record(ruleset: Ruleset, since: datetime) -> ContactRecord:
    """How the promises to leads that qualified since then were kept, as of now."""
    entries = _entries(since)
    leads = [lead for lead, _ in entries]
    contacts, breaches = _contacts(leads), _breaches(leads)
    waits, kept, broken = [], 0, 0
    for lead, at in entries:
        first = min((each for each in contacts.get(lead, ()) if each >= at), default=None)
        is_broken = any(each >= at for each in breaches.get(lead, ()))
        broken += is_broken
        kept += first is not None and not is_broken
        if first is not None:
            waits.append(working_time_between(ruleset.promise.hours, at, first) // timedelta(minutes=1))
    waiting = Standing.objects.filter(pk__in=leads, stage=Stage.QUALIFIED, contacted_at=None, breached_at=None)
    return ContactRecord(len(entries), kept, broken, waiting.count(), round(median(waits)) if waits else None)


def _entries(since: datetime) -> list[tuple[int, datetime]]:
    """The latest time that each lead entered the stage."""
    rows = Transition.objects.filter(to_stage=Stage.QUALIFIED, at__gte=since).order_by("-at").values_list("lead", "at")
    latest: dict[int, datetime] = {}
    for lead, at in rows[:MOST]:
        latest.setdefault(lead, at)
    return list(latest.items())


def _contacts(leads: Sequence[int]) -> dict[int, list[datetime]]:
    said = SalesAction.objects.filter(kind=SalesAction.Kind.CONTACT, lead__in=leads).values_list("lead", "at")
    sent = Conversion.objects.filter(name=SALES_CONTACT, identity__lead__in=leads, occurred_at__isnull=False)
    return _grouped([*said, *sent.values_list("identity__lead", "occurred_at")])


def _breaches(leads: Sequence[int]) -> dict[int, list[datetime]]:
    rows = QualificationEvent.objects.filter(kind="sla_breached", lead__in=leads).values_list("lead", "at")
    return _grouped(rows)


def _grouped(rows: Iterable[tuple[int | None, datetime | None]]) -> dict[int, list[datetime]]:
    grouped: dict[int, list[datetime]] = {}
    for lead, at in rows:
        if lead is not None and at is not None:
            grouped.setdefault(lead, []).append(at)
    return grouped
