"""Call next: whom to contact, and in which order.

First the qualified leads that nobody has contacted: the overdue ones, then the latest trigger first. Then A and B leads
that gained 15 points in 7 days and were not spoken to in these 7 days, the greatest gain first. Visitors never appear,
nor does who is snoozed until later or was rejected.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import BooleanField, Case, F, Q, QuerySet, Value, When
from django.db.models.fields import IntegerField
from django.db.models.functions import Cast, Coalesce

from leadline.accounts.models import User
from leadline.kernel.clock import EPOCH
from leadline.pipeline.crm.addresses import RecordAddress, record_addresses
from leadline.qualification.models import Standing
from leadline.qualification.sla import ContactDue
from leadline.qualification.stages import Stage
from leadline.web.keyset import Page, capped_count, page_after
from leadline.web.queries.listed import is_listed, is_seen
from leadline.web.sales_rules import due_of
from leadline.web.sounding import Sounding, sounding
from leadline.web.weights import dimension_weights
from leadline.web.words import person_name

GAIN_MICRO = 15_000_000
GAIN_WINDOW = timedelta(days=7)
RISING_GRADES = ("A", "B")
ORDER = ("-overdue", "-urgent", "-signal_at", "-strength", "lead_id")

WAITING = Q(stage=Stage.QUALIFIED, contacted_at=None)
"""Qualified, and nobody has contacted them."""


@dataclass(frozen=True, slots=True)
class CallNextRow:
    """One person to contact. `due` is None for those who are rising only; `records`: theirs in CRMs."""

    lead: int
    name: str
    standing: Standing
    sounding: Sounding
    waiting: bool
    due: ContactDue | None
    records: tuple[RecordAddress, ...] = ()

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


def call_next(now: datetime, cursor: str = "", owner: User | None = None) -> CallNext:
    """The list as of `now`.

    Args:
        owner: only this owner's leads and those without an owner.
    """
    found = people_to_contact(now, owner)
    page: Page[Standing] = page_after(
        _in_order(found, now).select_related("lead__account").defer("state"), ORDER, cursor
    )
    overdue = capped_count(found.filter(WAITING, contact_due_at__lte=now))
    records = record_addresses([standing.lead_id for standing in page.rows])
    rows = tuple(_row(standing, tuple(records.get(standing.lead_id, ()))) for standing in page.rows)
    return CallNext(rows, page.next_cursor, capped_count(found), overdue)


def people_to_contact(now: datetime, owner: User | None = None) -> QuerySet[Standing]:
    """Everybody on the list, in no order."""
    not_spoken_to = Q(contacted_at=None) | Q(contacted_at__lt=now - GAIN_WINDOW)
    rising = Q(grade__in=RISING_GRADES, gain_week__gte=GAIN_MICRO) & not_spoken_to
    found = Standing.objects.filter(WAITING | rising & ~Q(stage__in=[Stage.CUSTOMER, Stage.DISQUALIFIED]))
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=now)
    found = found.filter(is_seen(), is_listed(), awake, rejection="")
    return found if owner is None else found.filter(_of(owner))


def count_to_contact(now: datetime) -> int:
    """How many there are, for the navigation."""
    return capped_count(people_to_contact(now))


def _of(owner: User) -> Q:
    """Theirs, and nobody's. Some owners are only names: a CRM's, or from before users owned leads."""
    return Q(owner_user=owner) | Q(owner_user=None, owner__in=["", str(owner)])


def _in_order(found: QuerySet[Standing], now: datetime) -> QuerySet[Standing]:
    late = WAITING & Q(contact_due_at__lte=now)
    return found.annotate(
        overdue=Cast(Case(When(late, then=True), default=False, output_field=BooleanField()), IntegerField()),
        urgent=Cast(Case(When(WAITING, then=True), default=False, output_field=BooleanField()), IntegerField()),
        signal_at=Case(When(WAITING, then=Coalesce("trigger_at", Value(EPOCH))), default=Value(EPOCH)),
        strength=Case(When(WAITING, then=F("total")), default=F("gain_week")),
    )


def _row(standing: Standing, records: tuple[RecordAddress, ...]) -> CallNextRow:
    waiting = standing.stage == Stage.QUALIFIED and standing.contacted_at is None
    return CallNextRow(
        lead=standing.lead_id,
        name=person_name(standing.lead.card, standing.lead_id, standing.lead.known),
        standing=standing,
        sounding=sounding(standing, dimension_weights(standing.ruleset)),
        waiting=waiting,
        due=due_of(standing),
        records=records,
    )
