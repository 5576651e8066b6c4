"""Companies' standings kept true: made again for the companies of judged leads, and for all at each midnight.

Level-triggered: a standing is what the people's current totals in the event store give now, whatever it was before. It
is written in the transaction that writes the people's standings. `Standing.counted_in` remembers which company has a
person, so that both are made again when somebody changes theirs.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from leadline.eventstore.current import current_totals
from leadline.eventstore.database import Cursor
from leadline.qualification.accounts import AccountScore, account_score, counts
from leadline.qualification.models import AccountStanding, Standing
from leadline.qualification.stages import Stage
from leadline.scoring.ruleset import Ruleset
from leadline.tracking.chunks import chunks
from leadline.tracking.models import Account, Lead


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who belongs to a company, and which company counts them so far."""

    lead: int
    account: int
    stage: str
    counted_in: int | None


def accounts_of(leads: Iterable[int]) -> frozenset[int]:
    """The companies that these leads belong to or are counted in. To be asked before their standings are written: that
    of somebody who was merged goes."""
    found: set[int | None] = set()
    for some in chunks(leads):
        found |= set(Lead.objects.filter(pk__in=some).values_list("account_id", flat=True))
        found |= set(Standing.objects.filter(lead__in=some).values_list("counted_in_id", flat=True))
    return frozenset(account for account in found if account is not None)


def score_accounts(cursor: Cursor, ruleset: Ruleset, accounts: Collection[int], at: datetime) -> int:
    """Make the standings of these companies again, and write those that would look different.

    Returns:
        How many were written or deleted: a company without anybody who counts has none.
    """
    return sum(_score_some(cursor, ruleset, some, at) for some in chunks(accounts))


def score_all_accounts(cursor: Cursor, ruleset: Ruleset, at: datetime) -> int:
    """The same for every company."""
    return score_accounts(cursor, ruleset, list(Account.objects.order_by("pk").values_list("pk", flat=True)), at)


def account_now(cursor: Cursor, ruleset: Ruleset, account: int) -> AccountScore:
    """A company's score as it is now, with everybody's part. Writes nothing."""
    members = _members([account])
    return account_score(ruleset.accounts, current_totals(cursor, [each.lead for each in members]))


@transaction.atomic
def _score_some(cursor: Cursor, ruleset: Ruleset, accounts: Collection[int], at: datetime) -> int:
    members = _members(accounts)
    totals = current_totals(cursor, [each.lead for each in members])
    people: dict[int, list[Member]] = {}
    for each in members:
        if each.lead in totals:
            people.setdefault(each.account, []).append(each)
    rows = {account: _standing(ruleset, account, some, totals, at) for account, some in people.items()}
    _remember(members, accounts)
    return _write(rows, accounts)


def _members(accounts: Collection[int]) -> list[Member]:
    """Everybody who counts for one of these companies."""
    there = {"lead__internal": False, "lead__bot": False, "lead__profiling_allowed": True}
    rows = Standing.objects.filter(lead__account__in=accounts, lead__merged_into=None, **there)
    found = rows.values_list("lead_id", "lead__account_id", "stage", "counted_in_id")
    return [member for row in found if counts((member := Member(*row)).stage)]


def _standing(
    ruleset: Ruleset, account: int, people: Collection[Member], totals: Mapping[int, int], at: datetime
) -> AccountStanding:
    score = account_score(ruleset.accounts, {each.lead: totals[each.lead] for each in people})
    return AccountStanding(
        account_id=account,
        total=score.total,
        grade=ruleset.grade_of(score.total),
        people=len(people),
        qualified=sum(each.stage == Stage.QUALIFIED for each in people),
        best_id=score.best,
        ruleset=ruleset.number,
        scored_at=at,
    )


def _write(rows: Mapping[int, AccountStanding], accounts: Collection[int]) -> int:
    stored = AccountStanding.objects.in_bulk(list(accounts))
    gone = stored.keys() - rows.keys()
    changed = [row for account, row in rows.items() if _looks(row) != _looks(stored.get(account))]
    if gone:
        AccountStanding.objects.filter(pk__in=gone).delete()
    AccountStanding.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["account"],
        update_fields=["total", "grade", "people", "qualified", "best", "ruleset", "scored_at"],
    )
    return len(gone) + len(changed)


def _looks(row: AccountStanding | None) -> tuple[object, ...] | None:
    return None if row is None else (row.total, row.grade, row.people, row.qualified, row.best_id, row.ruleset)


def _remember(members: Iterable[Member], accounts: Collection[int]) -> None:
    """Who is counted where from now on."""
    left = Standing.objects.filter(counted_in__in=accounts).exclude(lead__account=F("counted_in"))
    left.update(counted_in=None)
    moved = [(each.account, each.lead) for each in members if each.account != each.counted_in]
    if moved:
        table = Standing._meta.db_table
        with connection.cursor() as cursor:
            cursor.executemany(f"UPDATE {table} SET counted_in_id = %s WHERE lead_id = %s", moved)  # noqa: S608  # our own names
