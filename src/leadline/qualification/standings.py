"""The rows that lists sort and filter by, written only when they look different: hot, therefore plain SQL upserts."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from leadline.qualification.models import Standing
from leadline.qualification.records import LeadRecord
from leadline.qualification.scored import ScoredLead
from leadline.qualification.stages import Decision, StageState, Trigger
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.sentences import measured_sentence, says_less, strongest_of
from leadline.tracking.models import Conversion

CHUNK = 5_000
MICRO = 1_000_000
REASON_DAYS = 30
"""A trigger is the reason why now for this long; then the strongest factor is."""
SALES_FIELDS = frozenset(
    {"owner", "owner_user", "contacted_at", "accepted_at", "rejected_at", "rejection", "snoozed_until"}
    | {"override_stage", "override_until", "breached_at", "forecast_on", "forecast", "forecast_made_at"}
    | {"contact_due_at", "counted_in"}
)
"""What salespeople write too, perhaps at this very moment: an evaluation never overwrites it."""
COLUMNS = [str(field.column) for field in Standing._meta.concrete_fields if field.name not in SALES_FIELDS]
TABLE = Standing._meta.db_table


@dataclass(frozen=True)
class Judgement:
    """A lead's decision at one instant, with the rows it had and the triggers that counted."""

    scored: ScoredLead
    record: LeadRecord
    state: StageState
    triggers: Sequence[Trigger]
    decision: Decision
    at: datetime

    @property
    def stage(self) -> str:
        """The stage from now on."""
        return self.decision.state.stage.value


def save(ruleset: Ruleset, judgements: Iterable[Judgement]) -> int:
    """Write the rows that would look different. Returns how many."""
    rows = [_values(ruleset, each, trigger) for each, trigger in _with_trigger(judgements) if _differs(each, trigger)]
    with connection.cursor() as cursor:
        cursor.executemany(_upsert(), rows)
    return len(rows)


def renumber(rows: Iterable[tuple[int, int, int, int, int, str, int, int, int]], ruleset: int, at: datetime) -> None:
    """New numbers for leads whose stage stays: (lead, engagement, readiness, conversion, total, grade, gain, fit, fit
    points)."""
    moment = _moment(at)
    values = [(*numbers, ruleset, moment, lead) for lead, *numbers in rows]
    names = ("engagement", "readiness", "conversion", "total", "grade", "gain_week", "fit", "fit_points")
    columns = ", ".join(f"{name} = %s" for name in (*names, "ruleset", "scored_at"))
    update = f"UPDATE {TABLE} SET {columns} WHERE lead_id = %s"  # noqa: S608  # our own names
    for start in range(0, len(values), CHUNK):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(update, values[start : start + CHUNK])


def _upsert() -> str:
    """Standard enough for SQLite and PostgreSQL. Sales' own columns are empty in a new row and stay in an old one."""
    names, marks = ", ".join([*COLUMNS, "owner"]), ", ".join(["%s"] * (len(COLUMNS) + 1))
    news = ", ".join(f"{column} = excluded.{column}" for column in COLUMNS if column != "lead_id")
    return f"INSERT INTO {TABLE} ({names}) VALUES ({marks}) ON CONFLICT (lead_id) DO UPDATE SET {news}"  # noqa: S608  # our own names


def _with_trigger(judgements: Iterable[Judgement]) -> Iterable[tuple[Judgement, Trigger | None]]:
    """Each with its latest trigger: what a salesperson would call about."""
    for judgement in judgements:
        yield judgement, max(judgement.triggers, key=lambda trigger: trigger.occurred_at, default=None)


def _differs(judgement: Judgement, trigger: Trigger | None) -> bool:
    """Grade, fit, stage, whole-number total, gain of the week or a trigger changed, or what the machine remembers; or
    it rested until now."""
    row, scored = judgement.record.standing, judgement.scored
    if row is None or row.stage != judgement.stage:
        return True
    seen = (row.grade, row.fit, row.fit_points, row.total // MICRO, row.gain_week // MICRO, row.trigger_at)
    gain = scored.total - scored.week_ago
    triggered_at = trigger.occurred_at if trigger else None
    now = (scored.grade, scored.fit, scored.fit_points, scored.total // MICRO, gain // MICRO, triggered_at)
    return seen != now or judgement.decision.state != judgement.state


def _values(ruleset: Ruleset, judgement: Judgement, trigger: Trigger | None) -> list[Any]:
    """One row, in the order of COLUMNS, and the empty owner of a new one."""
    scored, record, state = judgement.scored, judgement.record, judgement.decision.state
    reason, reason_at = _reason(ruleset, judgement, trigger)
    quote = next((c for c in record.conversions if c.facts.get("seats")), None)
    row = {
        "lead_id": scored.lead,
        "stage": judgement.stage,
        "stage_since": _moment(state.since),
        "state": json.dumps(state.as_dict()),
        "total": scored.total,
        "engagement": scored.engagement,
        "readiness": scored.readiness,
        "conversion": scored.conversion,
        "grade": scored.grade,
        "fit": scored.fit,
        "fit_points": scored.fit_points,
        "gain_week": scored.total - scored.week_ago,
        "ruleset": ruleset.number,
        "scored_at": _moment(judgement.at),
        "reason": reason[:200],
        "reason_at": _moment(reason_at),
        "trigger_at": _moment(trigger.occurred_at if trigger else None),
        "seats": _seats(quote),
        "monthly_value": None if quote is None or quote.amount is None else str(quote.amount),
        "currency": quote.currency if quote else "",
    }
    return [*(row[column] for column in COLUMNS), ""]


def _reason(ruleset: Ruleset, judgement: Judgement, trigger: Trigger | None) -> tuple[str, datetime | None]:
    """Why now: the latest trigger of the last 30 days, else the factor that gives most."""
    if trigger is not None and judgement.at - trigger.occurred_at <= timedelta(days=REASON_DAYS):
        return trigger.sentence, trigger.occurred_at
    factor = strongest_of(ruleset, judgement.scored.factors)
    if factor is None:
        return "", None
    amount = judgement.scored.amounts[factor.name]
    return measured_sentence(factor, amount, least=says_less(factor)), judgement.record.lead.last_seen_at


def _seats(quote: Conversion | None) -> int | None:
    seats = quote.facts.get("seats") if quote else None
    return min(int(seats), 2**31 - 1) if isinstance(seats, int | float) and seats >= 0 else None


def _moment(moment: datetime | None) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)
