"""Stage 4 at work: scored leads become decisions, and decisions become rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from leadline.qualification.evaluation import evaluate
from leadline.qualification.models import Standing, Transition
from leadline.qualification.records import LeadRecord, records_of, triggers
from leadline.qualification.scored import ScoredLead
from leadline.qualification.stages import Decision
from leadline.scoring.engine import score_raws
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.sentences import sentence_for, strongest
from leadline.tracking.models import Conversion

CHUNK = 5_000
MICRO = 1_000_000
REASON_DAYS = 30
"""A trigger is the reason why now for this long; then the strongest factor is."""
SALES_FIELDS = frozenset({"owner", "contacted_at", "accepted_at"})
"""What salespeople write too, perhaps at this very moment: an evaluation never overwrites it."""
STANDING_FIELDS = [f.name for f in Standing._meta.concrete_fields if not f.primary_key and f.name not in SALES_FIELDS]


@dataclass(frozen=True)
class Judgement:
    """A lead's decision at one instant, with the row it had."""

    scored: ScoredLead
    record: LeadRecord
    decision: Decision
    at: datetime

    @property
    def stage(self) -> str:
        """The stage from now on."""
        return self.decision.state.stage.value


def judge(ruleset: Ruleset, scored: Iterable[ScoredLead], at: datetime, *, stages: bool = True) -> list[Judgement]:
    """Evaluate the stages of these leads at `at`. Writes nothing.

    Args:
        stages: False leaves every stage as it is, for scores as of another day than today.
    """
    by_lead = {each.lead: each for each in scored}
    judgements = []
    for lead, record in records_of(by_lead).items():
        state = record.state(at)
        facts = record.facts(by_lead[lead], ruleset, at)
        decision = evaluate(ruleset, state, facts, at) if stages else Decision(state)
        judgements.append(Judgement(by_lead[lead], record, decision, at))
    return judgements


def write(ruleset: Ruleset, judgements: Sequence[Judgement]) -> int:
    """Write transitions, and the standing of every lead whose row would look different. Returns how many rows.

    To be called inside the transaction that also moves the pipeline's mark.
    """
    rows = [_row(ruleset, each) for each in judgements if _differs(ruleset, each)]
    Standing.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["lead"], update_fields=STANDING_FIELDS, batch_size=1_000
    )
    for judgement in judgements:
        _note_contact(judgement.record)
    Transition.objects.bulk_create(
        [row for each in judgements for row in _transitions(ruleset, each)], ignore_conflicts=True, batch_size=CHUNK
    )
    return len(rows)


def _differs(ruleset: Ruleset, judgement: Judgement) -> bool:
    """Grade, stage, whole-number total, gain of the week or a trigger changed, or what the machine remembers."""
    row, scored = judgement.record.standing, judgement.scored
    if row is None:
        return True
    seen = (row.grade, row.stage, row.total // MICRO, row.gain_week // MICRO, row.state, row.trigger_at)
    now = (
        scored.grade,
        judgement.stage,
        scored.total // MICRO,
        (scored.total - scored.week_ago) // MICRO,
        judgement.decision.state.as_dict(),
        _latest_trigger(ruleset, judgement.record),
    )
    return seen != now


def _row(ruleset: Ruleset, judgement: Judgement) -> Standing:
    scored, record, state = judgement.scored, judgement.record, judgement.decision.state
    reason, reason_at = _reason(ruleset, judgement)
    quote = next((c for c in record.conversions if c.facts.get("seats")), None)
    return Standing(
        lead_id=scored.lead,
        stage=judgement.stage,
        stage_since=state.since,
        state=state.as_dict(),
        total=scored.total,
        engagement=scored.engagement,
        readiness=scored.readiness,
        conversion=scored.conversion,
        grade=scored.grade,
        gain_week=scored.total - scored.week_ago,
        ruleset=ruleset.number,
        scored_at=judgement.at,
        reason=reason[:200],
        reason_at=reason_at,
        trigger_at=_latest_trigger(ruleset, record),
        seats=_seats(quote),
        monthly_value=quote.amount if quote else None,
        currency=quote.currency if quote else "",
    )


def _note_contact(record: LeadRecord) -> None:
    """The latest word from sales, when it is news."""
    if not record.contacts:
        return
    contact = record.contacts[0]
    old = record.standing.contacted_at if record.standing else None
    if contact.occurred_at is None or (old is not None and old >= contact.occurred_at):
        return
    owner = str(contact.facts.get("owner", ""))[:120]
    row = Standing.objects.filter(pk=record.lead.pk)
    row.update(contacted_at=contact.occurred_at, **({"owner": owner} if owner else {}))


def _reason(ruleset: Ruleset, judgement: Judgement) -> tuple[str, datetime | None]:
    """Why now: the latest trigger of the last 30 days, else the factor that gives most."""
    recent = judgement.at - timedelta(days=REASON_DAYS)
    for trigger in triggers(judgement.record.conversions, ruleset):
        if recent <= trigger.occurred_at:
            return trigger.sentence, trigger.occurred_at
    score = score_raws(judgement.scored.raws, ruleset)
    factor = strongest(score)
    return (sentence_for(factor, score), judgement.record.lead.last_seen_at) if factor else ("", None)


def _latest_trigger(ruleset: Ruleset, record: LeadRecord) -> datetime | None:
    """When the latest conversion happened that a salesperson would call about."""
    return next((trigger.occurred_at for trigger in triggers(record.conversions, ruleset)), None)


def _seats(quote: Conversion | None) -> int | None:
    seats = quote.facts.get("seats") if quote else None
    return min(int(seats), 2**31 - 1) if isinstance(seats, int | float) and seats >= 0 else None


def _transitions(ruleset: Ruleset, judgement: Judgement) -> Iterable[Transition]:
    for transition in judgement.decision.transitions:
        yield Transition(
            lead_id=judgement.scored.lead,
            from_stage=transition.from_stage.value,
            to_stage=transition.to_stage.value,
            at=transition.at,
            reasons=[reason.as_dict() for reason in transition.reasons],
            total=judgement.scored.total,
            ruleset=ruleset.number,
        )
