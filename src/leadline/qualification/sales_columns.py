"""What sales said and what was promised, as the columns that lists sort and filter by: a cache of the words.

Written by each evaluation where it differs, beside the columns that scoring fills and in the same transaction.
"""

from collections.abc import Iterable, Iterator
from dataclasses import astuple, fields
from datetime import datetime
from typing import Any

from django.db import connection

from leadline.accounts.models import User
from leadline.qualification import feed
from leadline.qualification.models import Standing
from leadline.qualification.sales_words import SalesState, SalesWord, first_contact, own_word
from leadline.qualification.sla import after_snooze, contact_due
from leadline.qualification.stages import Stage
from leadline.qualification.standings import Judgement
from leadline.scoring.ruleset import Ruleset
from leadline.tracking.models import Conversion

OWNER_LENGTH = 120
COLUMNS = (*(field.name for field in fields(SalesState)), "contact_due_at", "breached_at")
CONTACTED, BREACHED = COLUMNS.index("contacted_at"), COLUMNS.index("breached_at")
Row = tuple[Any, ...]


def keep(ruleset: Ruleset, judgements: Iterable[Judgement]) -> None:
    """Write the columns of these leads where they differ, and the owner that a CRM or a platform named."""
    changed = []
    for judgement in judgements:
        row = _row(ruleset, judgement)
        if row != _kept(judgement):
            changed.append([*(_adapted(value) for value in row), judgement.scored.lead])
            _own(judgement, row)
            _tell_breach(judgement, row)
    marks = ", ".join(f"{column} = %s" for column in COLUMNS)
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {Standing._meta.db_table} SET {marks} WHERE lead_id = %s", changed)  # noqa: S608  # our own names


def own_words(judgement: Judgement) -> Iterator[SalesWord]:
    """What the decision's move means for what sales said."""
    for move in judgement.decision.transitions:
        word = own_word(move.from_stage, move.to_stage, move.at, {reason.code for reason in move.reasons})
        if word is not None:
            yield word


def _row(ruleset: Ruleset, judgement: Judgement) -> Row:
    sales = judgement.record.sales(ruleset, judgement.at, list(own_words(judgement)))
    due = _due(ruleset, judgement, sales)
    return (*astuple(sales), due, _breached(judgement, due))


def _kept(judgement: Judgement) -> Row:
    row = judgement.record.standing
    if row is None:
        return (*astuple(SalesState()), None, None)
    return (*astuple(row.sales), row.contact_due_at, row.breached_at)


def _due(ruleset: Ruleset, judgement: Judgement, sales: SalesState) -> datetime | None:
    """When first contact is due, while the lead is qualified; whether it was made stands beside it."""
    if judgement.stage != Stage.QUALIFIED:
        return None
    triggers = (each.occurred_at for each in judgement.triggers if Stage.QUALIFIED in each.stages)
    due = contact_due(ruleset.promise, judgement.decision.state.since, triggers)
    return after_snooze(ruleset.promise, due.at, sales.snoozed_until)


def _breached(judgement: Judgement, due: datetime | None) -> datetime | None:
    """A breach stands until the stage is left, or word comes late of a contact that was in time. Ticks see that nobody
    spoke to a lead; that somebody did, too late, is seen here."""
    row = judgement.record.standing
    if due is None:
        return None
    noted = row.breached_at if row else None
    first = first_contact([*judgement.record.words, *own_words(judgement)])
    if first is None or (noted is not None and first > noted):  # a snooze after the breach does not undo it
        return noted
    return due if first > due else None


def _own(judgement: Judgement, row: Row) -> None:
    """Whoever spoke to the person elsewhere owns the lead, when that contact is news."""
    contact = next(iter(judgement.record.contacts), None)
    contacted_at, before = row[CONTACTED], _kept(judgement)[CONTACTED]
    if contact is None or contact.occurred_at != contacted_at or contacted_at == before:
        return
    owner = _owner_of(contact)
    if owner:
        user = User.objects.filter(email__iexact=owner).first() or User.objects.filter(name=owner).first()
        name = str(user or owner)[:OWNER_LENGTH]
        Standing.objects.filter(pk=judgement.scored.lead).update(owner=name, owner_user=user)


def _tell_breach(judgement: Judgement, row: Row) -> None:
    if row[BREACHED] is not None and row[BREACHED] != _kept(judgement)[BREACHED]:
        since, known = judgement.decision.state.since, judgement.record.standing
        feed.tell_breach(judgement.scored.lead, row[BREACHED], since, known.owner if known else "")


def _owner_of(contact: Conversion) -> str:
    return str(contact.facts.get("owner", ""))[:OWNER_LENGTH]


def _adapted(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
