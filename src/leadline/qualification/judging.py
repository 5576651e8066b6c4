"""Stage 4 at work: scored leads become decisions, and decisions become rows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from leadline.qualification import feed, sales_columns, standings
from leadline.qualification.evaluation import evaluate
from leadline.qualification.models import Transition
from leadline.qualification.records import LeadRecord, records_of
from leadline.qualification.scored import ScoredLead
from leadline.qualification.stages import Decision
from leadline.qualification.standings import Judgement
from leadline.scoring.ruleset import Ruleset

CHUNK = 5_000


def judge(
    ruleset: Ruleset,
    scored: Iterable[ScoredLead],
    at: datetime,
    *,
    stages: bool = True,
    records: Callable[[Iterable[int]], Mapping[int, LeadRecord]] = records_of,
) -> list[Judgement]:
    """Evaluate the stages of these leads at `at`. Writes nothing.

    Args:
        records: gives the rows of leads that stand somewhere: as they are, or for a rebuild as they were.
        stages: False leaves every stage as it is, for scores as of another day than today.
    """
    by_lead = {each.lead: each for each in scored}
    judgements = []
    for lead, record in records(by_lead).items():
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
    sales_columns.keep(ruleset, judgements)
    Transition.objects.bulk_create(
        [row for each in judgements for row in _transitions(ruleset, each)], ignore_conflicts=True, batch_size=CHUNK
    )
    feed.tell_moves(ruleset, judgements)
    return count


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
