"""Rules that are being tried in the Scoring studio: what they would change, quickly enough to ask with each keystroke.

Leads are measured once and then kept for a few minutes (`eventstore/tried_raws.py`), with the rows that stages are
judged by; another weight, curve or threshold measures nothing again. Writes nothing that lasts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from leadline.eventstore import impacts, tried_raws
from leadline.eventstore.current import movers
from leadline.eventstore.database import Cursor
from leadline.eventstore.tried_raws import Amounts
from leadline.kernel.errors import TransientError
from leadline.pipeline.assigning import candidates
from leadline.pipeline.borrowed_metrics import measured
from leadline.pipeline.engine import Engine
from leadline.pipeline.impact import Moved
from leadline.pipeline.scoring import scored_leads
from leadline.qualification.conditions import holding_name, reaches
from leadline.qualification.evaluation import evaluate
from leadline.qualification.models import Transition
from leadline.qualification.records import LeadRecord, records_of
from leadline.qualification.scored import ScoredLead
from leadline.qualification.stages import LeadFacts, Stage, StageState
from leadline.qualification.team_capacity import QualifiedFlow, TeamRoom, team_room
from leadline.scoring.ruleset import Ruleset

MOST_LEADS = 10_000
"""Of more leads a sample of so many is looked at."""
MOST_MOVERS = 20
MOST_COLUMNS = 120
KEPT_FOR = timedelta(minutes=5)
FLOW_DAYS = 28
LONG_AGO = timedelta(days=3650)
Split = Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Ground:
    """What changes of the rules are tried on.

    Attributes:
        of: how many leads have a score, of which `leads` were looked at.
        records: the rows of those who may move, read when they are asked for.
        qualifying: how many of them qualify by the rules in force.
        entered: leads that qualified in the last `days`.
    """

    made_at: datetime
    ruleset: int
    leads: Sequence[int]
    of: int
    days: int
    entered: int
    room: TeamRoom
    qualifying: int = 0
    records: dict[int, LeadRecord | None] = field(default_factory=dict)

    def holds(self, ruleset: int, at: datetime) -> bool:
        """Whether it is recent enough, and of the same rules in force."""
        same = self.ruleset == ruleset and self.made_at.date() == at.date()
        return same and at - self.made_at < KEPT_FOR


@dataclass(frozen=True)
class Tried:
    """What rules would do.

    Attributes:
        leads: who was looked at, of so many; as of `made_at`.
        grades, stages: name -> how many now, and then.
        movers: the greatest differences of totals first.
        amounts: factor -> what each lead measures, in whole units.
    """

    leads: int
    of: int
    made_at: datetime
    grades: Split
    stages: Split
    flow: QualifiedFlow
    movers: Sequence[Moved]
    amounts: Amounts


class OutdatedError(TransientError):
    """A newer question was asked before this one had its turn."""


def always() -> bool:
    """Of a question that stays asked."""
    return True


def try_rules(engine: Engine, ruleset: Ruleset, at: datetime, is_asked: Callable[[], bool] = always) -> Tried:
    """Compare everybody's grade and stage in force with those that rules would give at `at`.

    Args:
        is_asked: whether the answer is still wanted, when the turn has come.

    Raises:
        OutdatedError: it is not.
    """
    with engine.trying, engine.store.cursor() as cursor:
        if not is_asked():
            raise OutdatedError("A newer question was asked.")
        ground = _ground(engine, cursor, at)
        _measure(engine, cursor, ruleset, ground.made_at.date())
        judged = _judge(cursor, ruleset, ground, at)
        impacts.compare_with_current(cursor, list(judged.moved), list(judged.moved.values()))
        flow = QualifiedFlow(ground.days, ground.entered, ground.qualifying, judged.qualifying, ground.room)
        return Tried(
            leads=len(ground.leads),
            of=ground.of,
            made_at=ground.made_at,
            grades=tried_raws.distribution(cursor, "grade"),
            stages=tried_raws.distribution(cursor, "stage"),
            flow=flow,
            movers=[Moved(**row) for row in tried_raws.movers(cursor, MOST_MOVERS)],
            amounts=tried_raws.amounts(cursor, ruleset),
        )


def _ground(engine: Engine, cursor: Cursor, at: datetime) -> Ground:
    kept = engine.tried
    if isinstance(kept, Ground) and kept.holds(engine.ruleset.number, at) and tried_raws.is_kept(cursor):
        return kept
    leads, of = tried_raws.choose_leads(cursor, MOST_LEADS)
    days, entered = _entered(at)
    ground = Ground(at, engine.ruleset.number, leads, of, days, entered, team_room(candidates()))
    _measure(engine, cursor, engine.ruleset, at.date())
    made = replace(ground, qualifying=_judge(cursor, engine.ruleset, ground, at).qualifying)
    engine.tried = made
    return made


def _measure(engine: Engine, cursor: Cursor, ruleset: Ruleset, day: date) -> None:
    """A column for each measure; cells of metrics that only a draft reads are built for that long."""
    known = {metric.digest for metric in engine.ruleset.metrics_read}
    if all(metric.digest in known for metric in ruleset.metrics_read):
        count = tried_raws.add_measures(cursor, ruleset.measures, day)
    else:
        with measured(engine, cursor, [ruleset]):
            count = tried_raws.add_measures(cursor, ruleset.measures, day)
    if count > MOST_COLUMNS:
        engine.tried = None  # this one is still drawn; the next begins anew


@dataclass(frozen=True)
class _Judged:
    """`moved`: lead -> the stage that it would move to. `qualifying`: how many have what qualifying takes."""

    moved: Mapping[int, str]
    qualifying: int


def _judge(cursor: Cursor, ruleset: Ruleset, ground: Ground, at: datetime) -> _Judged:
    tried_raws.score_tried(cursor, ruleset)
    scored = scored_leads(ruleset, movers(cursor, ruleset), {})
    _read_records(ground, scored)
    moved, qualifying = {}, 0
    for each in scored:
        record = ground.records[each.lead]
        if record is None:
            continue
        facts = record.facts(each, ruleset, at)
        decision = evaluate(ruleset, record.state(at), facts, at)
        if decision.transitions:
            moved[each.lead] = decision.state.stage.value
        qualifying += _qualifies(ruleset, record, facts, at)
    return _Judged(moved, qualifying)


def _read_records(ground: Ground, scored: Sequence[ScoredLead]) -> None:
    missing = [each.lead for each in scored if each.lead not in ground.records]
    found = records_of(missing)
    ground.records.update({lead: found.get(lead) for lead in missing})


def _qualifies(ruleset: Ruleset, record: LeadRecord, facts: LeadFacts, at: datetime) -> bool:
    """Whether a lead would be qualified had these rules always been in force: from the first stage, no dwell, and every
    total that is reached held for long enough. Deals won do not count, nor what sales decided."""
    totals = {rule.enter_total for rule in ruleset.stages if rule.enter_total is not None}
    holding = {holding_name(each): at - LONG_AGO for each in totals if reaches(facts.total_micro, each)}
    before = record.state(at)
    state = StageState(Stage.INITIAL_ENGAGEMENT, at, holding, before.recycled_at, at)
    by_rules = replace(facts, won_at=None, accepted=False, open_opportunity=False, rejection="", override_stage="")
    return evaluate(ruleset, state, by_rules, at).state.stage is Stage.QUALIFIED


def _entered(at: datetime) -> tuple[int, int]:
    """Over how many days, at most four weeks, how many leads qualified."""
    first = Transition.objects.order_by("at").values_list("at", flat=True).first()
    if first is None:
        return 0, 0
    days = max(min(FLOW_DAYS, (at - first).days), 1)
    moves = Transition.objects.filter(to_stage=Stage.QUALIFIED, at__gt=at - timedelta(days=days), at__lte=at)
    return days, moves.values("lead").distinct().count()
