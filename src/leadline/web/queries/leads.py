"""The list of leads: which ones, from the tables in the event store; their rows as the record store has them now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from leadline.eventstore import lead_list
from leadline.eventstore.lead_list import ListQuestion, Search
from leadline.pipeline import runtime
from leadline.pipeline.naming import people_named
from leadline.pipeline.projections import have_ready
from leadline.privacy.fields import lookup_hasher
from leadline.privacy.sight import sight
from leadline.qualification.models import Standing
from leadline.tracking.models import Account, Identity, Lead
from leadline.tracking.set_aside import SCORED
from leadline.tracking.sole_traders import masked_accounts
from leadline.web.keyset import COUNT_CAP, PAGE
from leadline.web.lead_columns import COLUMNS
from leadline.web.lead_filter import LeadFilter as LeadFilter
from leadline.web.queries.listed import is_listed, is_seen
from leadline.web.sounding import Sounding, sounding
from leadline.web.weights import dimension_weights
from leadline.web.words import person_name

NOISE_SHOWN = 10
"""Robots and our own people who are searched for: they are on no list, and stand below it."""


@dataclass(frozen=True, slots=True)
class LeadRow:
    """One person in the list. `facts`: what the columns show besides."""

    lead: int
    name: str
    standing: Standing
    sounding: Sounding
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def company(self) -> str:
        """The company's name, if it is known."""
        return self.standing.lead.account.name if self.standing.lead.account else ""


@dataclass(frozen=True, slots=True)
class LeadList:
    """One page of the list; `count` is one more than the cap for any number above it."""

    rows: tuple[LeadRow, ...]
    next_cursor: str
    count: int


def list_leads(wanted: LeadFilter, now: datetime, cap: int = COUNT_CAP) -> LeadList:
    """One page of the leads that the filter asks for."""
    engine = runtime.running().engine
    have_ready(engine)
    facts = [COLUMNS[name].fact for name in wanted.columns if COLUMNS[name].fact]
    with engine.store.cursor() as cursor:
        found = lead_list.listed(cursor, question(wanted, now), PAGE + 1, cap)
        shown = [lead for lead, _ in found.places[:PAGE]]
        known = lead_list.facts_of(cursor, shown, facts) if facts and shown else {}
    rows = [*_rows(shown, known, visitors=wanted.visitors), *_noise(wanted)]
    more = len(found.places) > PAGE
    cursor_text = "{1}_{0}".format(*found.places[PAGE - 1]) if more else ""
    return LeadList(tuple(rows), cursor_text, max(found.count, len(rows)))


def leads_that_fit(wanted: LeadFilter, now: datetime, most: int) -> list[int]:
    """The numbers of the list's leads, at most so many."""
    engine = runtime.running().engine
    have_ready(engine)
    with engine.store.cursor() as cursor:
        return lead_list.every_lead(cursor, question(wanted.page(""), now), most)


def seen_of(leads: list[int]) -> list[int]:
    """Of these leads those that whoever asks sees."""
    if sight().owner is None:
        return leads
    seen = set(Standing.objects.filter(is_seen(), lead__in=leads).values_list("lead_id", flat=True))
    return [lead for lead in leads if lead in seen]


def choices(column: str) -> list[str]:
    """What a filter offers: the values that there are."""
    engine = runtime.running().engine
    have_ready(engine)
    with engine.store.cursor() as cursor:
        return lead_list.choices_of(cursor, column)


def question(wanted: LeadFilter, now: datetime) -> ListQuestion:
    """What the filter asks the event store."""
    search = Search(wanted.search, _named(wanted.search), masked_accounts()) if wanted.search else None
    return ListQuestion(wanted.segment, search, wanted.visitors, wanted.sort, wanted.place, now, sight().owner)


def _named(search: str) -> list[int]:
    """Whose whole e-mail address or user id it is, or of whose names its words begin one each; nobody's to whom names
    are masked."""
    if not sight().people:
        return []
    whole = Identity.objects.filter(_names(search)).values_list("lead_id", flat=True)
    return [*(lead for lead in whole if lead), *(people_named(search) if "@" not in search else ())]


def _names(search: str) -> Q:
    hasher = lookup_hasher()
    email, user_id = hasher.digest("email", search.lower()), hasher.digest("user_id", search)
    return Q(kind=Identity.Kind.EMAIL, digest=email) | Q(kind=Identity.Kind.USER_ID, digest=user_id)


def _rows(leads: Sequence[int], facts: Mapping[int, Mapping[str, Any]], *, visitors: bool) -> list[LeadRow]:
    """In the order given. Somebody who was merged away or flagged a moment ago is left out."""
    found = Standing.objects.filter(is_listed(visitors=visitors), pk__in=leads).exclude(stage="")
    rows = {row.lead_id: row for row in found.select_related("lead__account").defer("state")}
    return [_row(rows[lead], facts.get(lead, {})) for lead in leads if lead in rows]


def _noise(wanted: LeadFilter) -> list[LeadRow]:
    if not wanted.search or wanted.after or wanted.segment or sight().owner is not None:
        return []
    domain = wanted.search.removeprefix("@")
    companies = Account.objects.filter(Q(name__icontains=wanted.search) | Q(domain__icontains=domain))
    companies = companies.exclude(pk__in=masked_accounts())
    noise = Lead.objects.filter(merged_into=None).exclude(SCORED)
    noise = noise.filter(Q(pk__in=_named(wanted.search)) | Q(account__in=companies.values("pk")))
    noise = noise if wanted.visitors else noise.filter(known=True)
    found = Standing.objects.filter(lead__in=noise.values("pk")).select_related("lead__account").defer("state")
    return [_row(row, {}) for row in found.order_by("-total", "lead_id")[:NOISE_SHOWN]]


def _row(standing: Standing, facts: Mapping[str, Any]) -> LeadRow:
    return LeadRow(
        lead=standing.lead_id,
        name=person_name(standing.lead.card, standing.lead_id, standing.lead.known),
        standing=standing,
        sounding=sounding(standing, dimension_weights(standing.ruleset)),
        facts=facts,
    )
