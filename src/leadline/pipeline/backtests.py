"""Rulesets tested against the past: what is asked becomes cutoffs, cutoffs become figures."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Sum

from leadline.eventstore import backtest as past
from leadline.eventstore.backtest_conversions import conversion_table
from leadline.eventstore.backtest_rows import at_cutoffs
from leadline.eventstore.database import Cursor
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.pipeline.borrowed_metrics import measured
from leadline.pipeline.engine import Engine
from leadline.pipeline.impact import impact
from leadline.qualification.models import Seller
from leadline.scoring.backtest_report import Findings, reported
from leadline.scoring.backtest_words import difference_in_words, notes, warnings
from leadline.scoring.backtesting import Cutoff, Wishes, cutoffs_of, read_wishes
from leadline.scoring.leakage import conversion_named, refuse_leaks
from leadline.scoring.resampling import RESAMPLES
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.service import DRAFT, ruleset_of
from leadline.scoring.stage_terms import ConversionRule
from leadline.tracking.models import Identity, Lead
from leadline.tracking.set_aside import SCORED

VERSION = 1
CAPACITY = 50
"""Without sellers whose capacity is known."""
IMPACT_EXAMPLES = 50
DRAWS_PER_STEP = 50
Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Plan:
    """A backtest that can be carried out.

    Attributes:
        labels: how people know each ruleset.
        outcome: how an outcome is recognised, for all rulesets alike.
    """

    wishes: Wishes
    rulesets: Sequence[Ruleset]
    labels: Sequence[str]
    outcome: ConversionRule
    cutoffs: Sequence[Cutoff]
    capacity: int


class Steps:
    """Counts steps for a progress bar."""

    def __init__(self, report: Report, total: int) -> None:
        self._report, self._total, self._done = report, total, 0

    def __call__(self) -> None:
        self._done += 1
        self._report(min(self._done, self._total), self._total)


def wishes_of(engine: Engine, arguments: Mapping[str, Any]) -> Plan:
    """What a backtest's arguments ask for.

    Raises:
        TerminalError: it can't be done; the text says why, and what could.
        LeakError: a ruleset reads what the outcome makes.
    """
    wishes = _without_repeats(read_wishes(arguments))
    rulesets = [ruleset_of(reference) for reference in wishes.rulesets]
    labels = [label_of(engine, *pair) for pair in zip(wishes.rulesets, rulesets, strict=True)]
    outcome = outcome_rule([engine.ruleset, *rulesets], wishes.outcome)
    for ruleset, label in zip(rulesets, labels, strict=True):
        refuse_leaks(ruleset, outcome, label)
    return Plan(wishes, rulesets, labels, outcome, _cutoffs(engine, wishes), wishes.capacity or team_capacity())


def _without_repeats(wishes: Wishes) -> Wishes:
    """A published ruleset that is named twice, as the one in force and by its number, is judged once."""
    meant: dict[int | str, str] = {}
    for reference in wishes.rulesets:
        meant.setdefault(ruleset_of(reference).number or reference, reference)
    return replace(wishes, rulesets=tuple(meant.values()))


def label_of(engine: Engine, reference: str, ruleset: Ruleset) -> str:
    """How people know a ruleset."""
    if ruleset.number:
        force = " (in force)" if ruleset.number == engine.ruleset.number else ""
        return f"ruleset {ruleset.number}{force}"
    return f"draft {reference.removeprefix(DRAFT)}" if reference.startswith(DRAFT) else ruleset.name


def outcome_rule(rulesets: Iterable[Ruleset], name: str) -> ConversionRule:
    """How an outcome is recognised: as the first of these rulesets that knows it declares it.

    Raises:
        NotFoundError: none does.
    """
    known = list(rulesets)
    found = next((rule for each in known if (rule := conversion_named(each, name)) is not None), None)
    if found is None:
        names = sorted({rule.name for each in known for rule in each.conversions})
        raise NotFoundError(f"No conversion is called {name!r}.", advice=f"There are: {', '.join(names)}.")
    return found


def team_capacity() -> int:
    """How many leads all sellers together can have."""
    return Seller.objects.filter(available=True).aggregate(all=Sum("capacity"))["all"] or CAPACITY


def _cutoffs(engine: Engine, wishes: Wishes) -> Sequence[Cutoff]:
    with engine.store.cursor() as cursor:
        first, last = past.first_day(cursor), past.last_moment(cursor)
    if first is None or last is None:
        raise TerminalError("There are no events yet.", advice="Import some: leadline import --help.")
    return cutoffs_of(wishes, first, min(last, utc_now()))


def run(engine: Engine, arguments: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Carry a backtest out: the result that is kept."""
    plan, began = wishes_of(engine, arguments), time.perf_counter()
    candidates = [each.number != engine.ruleset.number for each in plan.rulesets]
    total = len(plan.cutoffs) * (1 + len(plan.rulesets)) + RESAMPLES // DRAWS_PER_STEP + sum(candidates)
    steps = Steps(report, total)
    findings = find(engine, plan, steps)
    result = result_of(plan, findings, steps)
    result["impact"] = [
        _impact(engine, ruleset, steps) if candidate else None
        for ruleset, candidate in zip(plan.rulesets, candidates, strict=True)
    ]
    return {**result, "seconds": round(time.perf_counter() - began, 3)}


def find(engine: Engine, plan: Plan, step: Callable[[], None]) -> Findings:
    """Measure every ruleset of a plan at every cutoff. Ticks go on meanwhile."""
    with engine.store.cursor() as cursor, measured(engine, cursor, plan.rulesets):
        open_past(cursor, plan.rulesets, plan.outcome)
        found = list(at_cutoffs(cursor, plan.rulesets, plan.cutoffs, step))
    return Findings(plan.rulesets, plan.labels, found, plan.capacity)


def result_of(plan: Plan, findings: Findings, step: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """The result without impact and time."""
    figures = reported(findings, _every(step, DRAWS_PER_STEP))
    for each in figures["differences"]:
        each["words"] = difference_in_words(findings, each)
    return {
        "version": VERSION,
        "made_at": utc_now().isoformat(),
        "outcome": {"name": plan.outcome.name, "event": plan.outcome.event, "words": plan.outcome.sentence},
        "horizon_days": plan.wishes.horizon_days,
        "capacity": plan.capacity,
        "rulesets": [
            {"reference": reference, "name": ruleset.name, "number": ruleset.number, "label": label}
            for reference, ruleset, label in zip(plan.wishes.rulesets, plan.rulesets, plan.labels, strict=True)
        ],
        **figures,
        "warnings": warnings(findings, figures, plan.outcome.name),
        "notes": notes(findings, plan.wishes.horizon_days),
    }


def _every(step: Callable[[], None], times: int) -> Callable[[], None]:
    """A step for each so many calls."""
    called = 0

    def count() -> None:
        nonlocal called
        called += 1
        if called % times == 0:
            step()

    return count


def _impact(engine: Engine, ruleset: Ruleset, step: Callable[[], None]) -> dict[str, Any]:
    found = impact(engine, ruleset, utc_now(), most=IMPACT_EXAMPLES)
    step()
    return found.as_dict()


def open_past(cursor: Cursor, rulesets: Sequence[Ruleset], outcome: ConversionRule) -> None:
    """Lay ready what all cutoffs share: who was seen, who converted, who can be named."""
    kinds = (Identity.Kind.USER_ID, Identity.Kind.EMAIL)
    named = Identity.objects.filter(kind__in=kinds).values_list("pk", flat=True).iterator()
    absent = Lead.objects.exclude(SCORED).values_list("pk", flat=True)
    past.open_past(cursor, conversion_table(cursor, rulesets, outcome), list(named), list(absent))
