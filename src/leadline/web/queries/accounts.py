"""Companies by the score of their people, and one of them with everybody's part."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count
from django.http import Http404

from leadline.kernel.errors import TransientError
from leadline.pipeline import reading
from leadline.pipeline.account_list import ORDERS, accounts_that_fit
from leadline.privacy.sight import sight
from leadline.qualification.accounts import AccountScore
from leadline.qualification.models import AccountStanding, Standing
from leadline.qualification.resting import RESTING
from leadline.tracking.models import Account
from leadline.web.account_filter import AccountFilter
from leadline.web.keyset import Page, capped_count, page_after
from leadline.web.queries.listed import is_seen
from leadline.web.sounding import running_tenths, tenths_text
from leadline.web.words import person_name

MOST_PEOPLE = 200
"""So many people of one company are shown."""


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One company in the list. `best` is what its best person is called, `reason` why they score."""

    standing: AccountStanding
    best: str
    reason: str


@dataclass(frozen=True, slots=True)
class AccountList:
    """One page of the list; `count` is one more than the cap for any number above it."""

    rows: tuple[AccountRow, ...]
    next_cursor: str
    count: int


def list_accounts(wanted: AccountFilter) -> AccountList:
    """One page of the companies that the filter asks for, in its order."""
    found = accounts_that_fit(wanted.wish)
    keys = ORDERS[wanted.wish.sort]
    page: Page[AccountStanding] = page_after(found.select_related("account", "best"), keys, wanted.after)
    reasons = dict(
        Standing.objects.filter(is_seen(), lead__in=[row.best_id for row in page.rows]).values_list("lead_id", "reason")
    )
    return AccountList(tuple(_row(row, reasons) for row in page.rows), page.next_cursor, capped_count(found))


def offered(field: str, most: int = 100) -> list[str]:
    """The values that a column of the companies has, the most frequent first."""
    rows = Account.objects.exclude(**{field: ""}).values_list(field).annotate(count=Count("pk"))
    return [value for value, _ in rows.order_by("-count", field)[:most]]


def _row(standing: AccountStanding, reasons: Mapping[int, str]) -> AccountRow:
    best = standing.best if sight().owner is None or standing.best_id in reasons else None
    name = person_name(best.card, best.pk, best.known) if best else ""
    return AccountRow(standing, name, reasons.get(best.pk, "") if best else "")


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of a company.

    Attributes:
        tenths: what they add to the company's total, in tenths of a point that add up to it; None when they do not
            count.
        exact: the same, with six decimals.
        own_micro: their own total, in millionths of a point.
    """

    standing: Standing
    name: str
    own_micro: int
    tenths: int | None
    exact: str

    @property
    def own(self) -> str:
        """Their own total with one decimal, rounded as what they add."""
        return tenths_text(running_tenths([self.own_micro])[0])

    @property
    def added(self) -> str:
        """Points with one decimal."""
        return "" if self.tenths is None else tenths_text(self.tenths)


@dataclass(frozen=True, slots=True)
class CompanyPage:
    """One company. `score` is None while it cannot be read, and `trouble` says why."""

    account: Account
    standing: AccountStanding | None
    people: tuple[PersonRow, ...]
    score: AccountScore | None
    trouble: str = ""

    @property
    def total(self) -> str:
        """The total as the people's parts add up to it, one decimal."""
        return tenths_text(sum(row.tenths or 0 for row in self.people))

    @property
    def is_cut(self) -> bool:
        """Whether it has more people than are shown."""
        return len(self.people) >= MOST_PEOPLE


def find_company(number: int) -> CompanyPage:
    """The company with this number.

    Raises:
        Http404: there is none.
    """
    account = Account.objects.filter(pk=number).first()
    if account is None:
        raise Http404(f"There is no company {number}.")
    standing = AccountStanding.objects.filter(pk=number).first()
    try:
        score, trouble = reading.account_score(number), ""
    except TransientError as error:
        score, trouble = None, str(error)
    return CompanyPage(account, standing, _people(account, score), score, trouble)


def _people(account: Account, score: AccountScore | None) -> tuple[PersonRow, ...]:
    """Those who count in the order of their parts, then the others."""
    rows = Standing.objects.filter(is_seen(), lead__account=account, lead__merged_into=None).exclude(stage=RESTING)
    rows = rows.select_related("lead").defer("state").order_by("-total", "lead_id")
    parts = score.parts if score else ()
    tenths = dict(zip((part.lead for part in parts), running_tenths([part.part for part in parts]), strict=True))
    exact = {part.lead: f"{part.part / 1_000_000:.6f}" for part in parts}
    own = {part.lead: part.total for part in parts}
    place = {part.lead: index for index, part in enumerate(parts)}
    shown = sorted(rows[:MOST_PEOPLE], key=lambda row: place.get(row.lead_id, len(place)))
    return tuple(
        PersonRow(
            row,
            person_name(row.lead.card, row.lead_id, row.lead.known),
            own.get(row.lead_id, row.total),
            tenths.get(row.lead_id),
            exact.get(row.lead_id, ""),
        )
        for row in shown
    )
