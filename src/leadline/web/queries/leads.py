"""All leads, the highest score first: filter by stage, grade and fit, search by company, domain, e-mail or user id."""

import re
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet
from django.http import QueryDict

from leadline.privacy.fields import lookup_hasher
from leadline.qualification.models import Standing
from leadline.tracking.models import Account, Identity, Lead
from leadline.web.keyset import Page, capped_count, page_after
from leadline.web.queries.listed import is_listed
from leadline.web.sounding import Sounding, sounding
from leadline.web.weights import dimension_weights
from leadline.web.words import STAGE_NAMES, person_name

ORDER = ("-total", "lead_id")
FIT = re.compile("[0-9]")
EVERYBODY = "everybody"
"""The value of `who` that shows visitors too."""


@dataclass(frozen=True, slots=True)
class LeadFilter:
    """What the address says: everything about the list but its page."""

    stage: str = ""
    grade: str = ""
    fit: int = 0
    search: str = ""
    visitors: bool = False
    after: str = ""

    @classmethod
    def from_query(cls, query: QueryDict) -> "LeadFilter":
        """Read the address.

        Raises:
            BadRequest: it names a stage that does not exist, or a fit that is no number.
        """
        stage = query.get("stage", "")
        if stage and stage not in STAGE_NAMES:
            raise BadRequest(f"There is no stage {stage!r}.")
        fit = query.get("fit", "") or "0"
        if not FIT.fullmatch(fit):
            raise BadRequest(f"There is no fit {fit!r}.")
        grade, search = query.get("grade", "")[:2], query.get("q", "").strip()
        return cls(stage, grade, int(fit), search, query.get("who") == EVERYBODY, query.get("after", ""))

    def page(self, after: str) -> "LeadFilter":
        """The same list on another page."""
        return replace(self, after=after)

    @property
    def query(self) -> str:
        """For an address: "?stage=qualified&q=dental", or nothing."""
        who = EVERYBODY if self.visitors else ""
        words = {"stage": self.stage, "grade": self.grade, "fit": self.fit, "q": self.search}
        words |= {"who": who, "after": self.after}
        text = urlencode({name: value for name, value in words.items() if value})
        return f"?{text}" if text else ""

    @property
    def is_narrowed(self) -> bool:
        """Whether it leaves anybody out who could be found by asking for less."""
        return bool(self.stage or self.grade or self.fit or self.search)


@dataclass(frozen=True, slots=True)
class LeadRow:
    """One person in the list."""

    lead: int
    name: str
    standing: Standing
    sounding: Sounding

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


def list_leads(wanted: LeadFilter) -> LeadList:
    """One page of the leads that the filter asks for."""
    found = _found(wanted)
    page: Page[Standing] = page_after(found.select_related("lead__account").defer("state"), ORDER, wanted.after)
    return LeadList(tuple(_row(standing) for standing in page.rows), page.next_cursor, capped_count(found))


def _found(wanted: LeadFilter) -> QuerySet[Standing]:
    found = Standing.objects.filter(is_listed(visitors=wanted.visitors, noise=bool(wanted.search)))
    if wanted.stage:
        found = found.filter(stage=wanted.stage)
    if wanted.grade:
        found = found.filter(grade=wanted.grade)
    if wanted.fit:
        found = found.filter(fit=wanted.fit)
    return found.filter(_matching(wanted.search)) if wanted.search else found


def _matching(search: str) -> Q:
    """Somebody's e-mail address or user id exactly, or a part of a company's name or domain."""
    hasher = lookup_hasher()
    email, user_id = hasher.digest("email", search.lower()), hasher.digest("user_id", search)
    named = Q(kind=Identity.Kind.EMAIL, digest=email) | Q(kind=Identity.Kind.USER_ID, digest=user_id)
    people = Identity.objects.filter(named).values("lead_id")
    domain = search.removeprefix("@")
    companies = Account.objects.filter(Q(name__icontains=search) | Q(domain__icontains=domain)).values("pk")
    return Q(lead__in=people) | Q(lead__in=Lead.objects.filter(account__in=companies).values("pk"))


def _row(standing: Standing) -> LeadRow:
    return LeadRow(
        lead=standing.lead_id,
        name=person_name(standing.lead.card, standing.lead_id, standing.lead.known),
        standing=standing,
        sounding=sounding(standing, dimension_weights(standing.ruleset)),
    )
