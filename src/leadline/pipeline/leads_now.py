"""A lead as every rule sees it at an instant: its history, its score, what the record store says, and its stage."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from leadline.kernel.clock import midnight, utc_day
from leadline.kernel.errors import NotFoundError
from leadline.pipeline.engine import Engine
from leadline.pipeline.explaining import history_of
from leadline.qualification.counterfactuals import Now
from leadline.qualification.forecasting import HORIZON_DAYS, Ahead
from leadline.qualification.records import LeadRecord, records_of
from leadline.qualification.scored import ScoredLead
from leadline.scoring.engine import score_raws
from leadline.scoring.measuring import cells_by_metric, measure_cells
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.score import LeadScore

DAY = timedelta(days=1)


@dataclass(frozen=True)
class LeadNow:
    """A lead at an instant, and what a later one would need."""

    lead: int
    ruleset: Ruleset
    record: LeadRecord
    now: Now


def lead_now(engine: Engine, lead: int, at: datetime) -> LeadNow:
    """The lead under the ruleset in force.

    Raises:
        NotFoundError: there is none, or it stands nowhere: merged, a robot, one of our own people.
    """
    events, traits = history_of(engine, lead, at)
    record = records_of([lead]).get(lead)
    if record is None:
        raise NotFoundError(f"Lead {lead} has no stage: nothing that it does counts.")
    ruleset = engine.ruleset
    cells = cells_by_metric(ruleset.measures, events)
    score = score_raws(measure_cells(ruleset.measures, cells, traits, utc_day(at)), ruleset)
    facts = record.facts(as_scored(lead, score), ruleset, at)
    return LeadNow(lead, ruleset, record, Now(events, traits, score, record.state(at), facts, at, cells))


def midnights(known: LeadNow, days: int = HORIZON_DAYS) -> Iterator[Ahead]:
    """The UTC midnights after now, and among them the moment when an override ends, each with the scores of its day.
    Cells are computed once, measured day by day."""
    ruleset, now, ends = known.ruleset, known.now, known.now.facts.override_until
    cells = cells_by_metric(ruleset.measures, now.events) if now.cells is None else now.cells
    score = now.score
    for ahead in range(days + 1):
        day = utc_day(now.at) + ahead * DAY
        begins = midnight(day)
        moments = [begins] if ahead else []
        if ends is not None and max(begins, now.at) < ends < begins + DAY:
            moments.append(ends)
        if moments:
            raws = measure_cells(ruleset.measures, cells, now.traits, day)
            score = score if raws == score.raws else score_raws(raws, ruleset)
        for at in moments:
            yield Ahead(at, score.grade, known.record.facts(as_scored(known.lead, score), ruleset, at))


def as_scored(lead: int, score: LeadScore) -> ScoredLead:
    """A score of the plain-Python executor as qualification takes it."""
    factors = {each.name: each for dimension in score.dimensions.values() for each in dimension.factors.values()}
    return ScoredLead(
        lead=lead,
        total=score.total_micro,
        engagement=score.engagement.score_micro,
        readiness=score.readiness.score_micro,
        conversion=score.conversion.score_micro,
        grade=score.grade,
        factors={name: each.score_micro for name, each in factors.items()},
        disqualifications=score.disqualifications,
        amounts={name: float(each.raw_units) for name, each in factors.items()},
        fit=score.fit,
        fit_points=score.fit_micro,
    )
