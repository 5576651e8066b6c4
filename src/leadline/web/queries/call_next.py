"""Call next: whom to contact, and in which order.

First the qualified leads that nobody has contacted, the latest trigger first. Then A and B leads that gained 15 points
in 7 days and were not spoken to in these 7 days, the greatest gain first. Visitors never appear.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import BooleanField, Case, F, Q, QuerySet, Value, When
from django.db.models.fields import IntegerField
from django.db.models.functions import Cast, Coalesce

from leadline.kernel.clock import EPOCH
from leadline.qualification.models import Standing
from leadline.qualification.stages import Stage
from leadline.web.contact_due import (
    OTHER_ALLOWANCE,
    TRIGGER_ALLOWANCE,
    TRIGGER_COUNTS,
    ContactDue,
    contact_due,
    subtract_working_time,
)
from leadline.web.keyset import Page, capped_count, page_after
from leadline.web.queries.listed import is_listed
from leadline.web.sounding import Sounding, sounding
from leadline.web.weights import dimension_weights
from leadline.web.words import person_name

GAIN_MICRO = 15_000_000
GAIN_WINDOW = timedelta(days=7)
RISING_GRADES = ("A", "B")
ORDER = ("-urgent", "-signal_at", "-strength", "lead_id")

WAITING = Q(stage=Stage.QUALIFIED, contacted_at=None)
"""Qualified, and nobody has contacted them."""


@dataclass(frozen=True, slots=True)
class CallNextRow:
    """One person to contact. `due` is None for those who are rising only."""

    lead: int
    name: str
    standing: Standing
    sounding: Sounding
    waiting: bool
    due: ContactDue | None

    @property
    def company(self) -> str:
        """The company's name, if it is known."""
        return self.standing.lead.account.name if self.standing.lead.account else ""


@dataclass(frozen=True, slots=True)
class CallNext:
    """One page of the list and what its headline says."""

    rows: tuple[CallNextRow, ...]
    next_cursor: str
    count: int
    overdue: int


def call_next(now: datetime, cursor: str = "", owner: str | None = None) -> CallNext:
    """The list as of `now`.

    Args:
        owner: only this owner's leads and those without an owner.
    """
    found = people_to_contact(now, owner)
    page: Page[Standing] = page_after(_in_order(found.select_related("lead__account").defer("state")), ORDER, cursor)
    overdue = capped_count(found.filter(WAITING).filter(_overdue(now)))
    return CallNext(tuple(_row(standing) for standing in page.rows), page.next_cursor, capped_count(found), overdue)


def people_to_contact(now: datetime, owner: str | None = None) -> QuerySet[Standing]:
    """Everybody on the list, in no order."""
    not_spoken_to = Q(contacted_at=None) | Q(contacted_at__lt=now - GAIN_WINDOW)
    rising = Q(grade__in=RISING_GRADES, gain_week__gte=GAIN_MICRO) & not_spoken_to
    found = Standing.objects.filter(WAITING | rising & ~Q(stage__in=[Stage.CUSTOMER, Stage.DISQUALIFIED]))
    found = found.filter(is_listed())
    return found if owner is None else found.filter(owner__in=["", owner])


def count_to_contact(now: datetime) -> int:
    """How many there are, for the navigation."""
    return capped_count(people_to_contact(now))


def _in_order(found: QuerySet[Standing]) -> QuerySet[Standing]:
    return found.annotate(
        urgent=Cast(Case(When(WAITING, then=True), default=False, output_field=BooleanField()), IntegerField()),
        signal_at=Case(When(WAITING, then=Coalesce("trigger_at", Value(EPOCH))), default=Value(EPOCH)),
        strength=Case(When(WAITING, then=F("total")), default=F("gain_week")),
    )


def _overdue(now: datetime) -> Q:
    """The same as `contact_due(...).is_overdue(now)`, for the database to count."""
    hour_ago = subtract_working_time(now, TRIGGER_ALLOWANCE)
    day_ago = subtract_working_time(now, OTHER_ALLOWANCE)
    counts = Q(trigger_at__gte=F("stage_since") - TRIGGER_COUNTS)
    return Q(stage_since__lte=day_ago) | counts & Q(stage_since__lte=hour_ago, trigger_at__lte=hour_ago)


def _row(standing: Standing) -> CallNextRow:
    waiting = standing.stage == Stage.QUALIFIED and standing.contacted_at is None
    return CallNextRow(
        lead=standing.lead_id,
        name=person_name(standing.lead.card, standing.lead_id, standing.lead.known),
        standing=standing,
        sounding=sounding(standing, dimension_weights(standing.ruleset)),
        waiting=waiting,
        due=contact_due(standing.stage_since, standing.trigger_at) if waiting else None,
    )
