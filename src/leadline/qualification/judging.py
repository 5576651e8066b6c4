"""Stage 4 at work: scored leads become decisions, and decisions become rows."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from leadline.qualification import standings
from leadline.qualification.evaluation import evaluate
from leadline.qualification.models import Standing, Transition
from leadline.qualification.records import LeadRecord, records_of
from leadline.qualification.scored import ScoredLead
from leadline.qualification.stages import Decision, Stage
from leadline.qualification.standings import Judgement
from leadline.scoring.ruleset import Ruleset

CHUNK = 5_000


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
        judgements.append(Judgement(by_lead[lead], record, state, facts.triggers, decision, at))
    return judgements


def write(ruleset: Ruleset, judgements: Sequence[Judgement]) -> int:
    """Write transitions, and the standing of every lead whose row would look different. Returns how many rows.

    To be called inside the transaction that also moves the pipeline's mark.
    """
    count = standings.save(ruleset, judgements)
    for judgement in judgements:
        _note_contact(judgement.record)
    _release(judgements)
    Transition.objects.bulk_create(
        [row for each in judgements for row in _transitions(ruleset, each)], ignore_conflicts=True, batch_size=CHUNK
    )
    return count


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


def _release(judgements: Iterable[Judgement]) -> None:
    """A recycled lead is in nobody's hands any more: it has to be accepted anew before it can be kept again."""
    recycled = [each.scored.lead for each in judgements if each.stage == Stage.RECYCLED and each.decision.transitions]
    for start in range(0, len(recycled), CHUNK):
        Standing.objects.filter(pk__in=recycled[start : start + CHUNK]).update(accepted_at=None)


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
