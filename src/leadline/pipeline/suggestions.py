"""Which weights and thresholds would have served better: learnt on earlier cutoffs, judged on later ones, and offered
as a draft. Nothing is ever applied."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

from leadline.pipeline.backtests import Plan, Steps, find, result_of
from leadline.pipeline.backtests import wishes_of as plan_of
from leadline.pipeline.engine import Engine
from leadline.qualification.models import SalesAction
from leadline.scoring import service
from leadline.scoring.backtest_report import FEWEST_OUTCOMES
from leadline.scoring.backtest_rows import AtCutoff
from leadline.scoring.document import load_ruleset
from leadline.scoring.edits import with_values
from leadline.scoring.resampling import RESAMPLES
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.suggesting import (
    FEWEST_PEOPLE,
    REJECTED_WEIGHT,
    Evidence,
    coefficients,
    evidence,
    split,
    suggested_thresholds,
    suggested_weights,
    values_now,
    worth_now,
)

VERSION = 1
CUTOFFS = 12
DRAWS_PER_STEP = 50
LONGEST_NOTE = 500
Report = Callable[[int, int], None]
Json = dict[str, Any]


def wishes_of(engine: Engine, arguments: Mapping[str, Any]) -> Plan:
    """What a suggestion's arguments ask for: those of a backtest of one ruleset.

    Raises:
        TerminalError: it can't be done.
    """
    asked = {**arguments, "rulesets": [arguments.get("ruleset") or ""]}
    return plan_of(engine, {**asked, "cutoffs": arguments.get("cutoffs") or CUTOFFS})


def run(engine: Engine, arguments: Mapping[str, Any], report: Report) -> Json:
    """Look for better weights and thresholds: the result that is kept.

    A draft is saved when the suggestion foretells better on the later cutoffs, beyond chance.
    """
    plan, began = wishes_of(engine, arguments), time.perf_counter()
    steps = Steps(report, len(plan.cutoffs) * 3 + RESAMPLES // DRAWS_PER_STEP)
    findings = find(engine, plan, steps)
    train, later = split(findings.cutoffs)
    rejected = [_rejected(each) for each in train]
    found = evidence(train, rejected) if train else None
    thin = _too_thin(found, later)
    learnt: Json = {
        "cutoffs": [each.cutoff.day.isoformat() for each in train],
        "leads": sum(len(each.rows.converted) for each in train),
        "outcomes": sum(int(each.rows.converted.sum()) for each in train),
        "people": found.people if found else 0,
        "rejected": found.rejected if found else 0,
    }
    result = (
        _result("too_thin", [thin], learnt)
        if found is None or thin
        else _suggest(engine, plan, found, later, learnt, steps)
    )
    return {**result, "seconds": round(time.perf_counter() - began, 3)}


def _too_thin(found: Evidence | None, later: Sequence[AtCutoff]) -> str:
    if found is None:
        return (
            "No cutoff's horizon was over before the later cutoffs began: there is nothing to learn from. "
            "Wait for more history, or take a shorter horizon."
        )
    if found.people < FEWEST_PEOPLE:
        return (
            f"Too little evidence: {found.people} people had the outcome in the earlier cutoffs, and {FEWEST_PEOPLE} "
            "are needed. The ruleset in force stays the best that is known."
        )
    outcomes = sum(int(each.rows.converted.sum()) for each in later)
    if outcomes < FEWEST_OUTCOMES:
        return f"Too little evidence: {outcomes} outcomes in the later cutoffs can't judge a suggestion."
    return ""


def _rejected(at: AtCutoff) -> AbstractSet[int]:
    """Whom sales rejected within the horizon."""
    rows = SalesAction.objects.filter(
        kind=SalesAction.Kind.REJECT, at__gte=at.cutoff.moment, at__lt=at.cutoff.until
    ).values_list("lead_id", "lead__merged_into_id")
    return frozenset(merged or lead for lead, merged in rows)


def _suggest(
    engine: Engine, plan: Plan, found: Evidence, later: Sequence[AtCutoff], learnt: Json, step: Callable[[], None]
) -> Json:
    ruleset, reference = plan.rulesets[0], plan.wishes.rulesets[0]
    values = _values(ruleset, found)
    text = with_values(service.document_of(reference), {path: new for path, _, new in values})
    draft = load_ruleset(text)
    judged = _judged(engine, plan, draft, text, later, step)
    difference = judged["differences"][0]
    verdict = "better" if "auc" in difference["better"] and not difference["worse"] else "not_better"
    words = list(_words(found, learnt, values, difference, verdict))
    number = None
    if verdict == "better":
        base = ruleset.number or None
        note = " ".join(words)[:LONGEST_NOTE]
        row = service.save_draft("Suggested weights", text, by="suggestion", note=note, base=base, origin="suggestion")
        number = row.pk
        words.append(f"It is draft {number}. Nothing was applied: read it, test it, and publish it if you agree.")
    changes = [
        {"path": path, "before": before, "after": after, "words": f"{path}: {before:g} -> {after}"}
        for path, before, after in values
    ]
    return {**_result(verdict, words, learnt), "draft": number, "changes": changes, "test": judged}


def _values(ruleset: Ruleset, found: Evidence) -> list[tuple[str, float, int]]:
    """(path, before, after) of what would change, and can be changed in the document."""
    weights = suggested_weights(ruleset, coefficients(found, worth_now(ruleset)))
    wanted = {**weights, **suggested_thresholds(ruleset, weights, found)}
    now = values_now(ruleset)
    return [(path, now[path], value) for path, value in wanted.items() if now[path] != value]


def _judged(
    engine: Engine, plan: Plan, draft: Ruleset, text: str, later: Sequence[AtCutoff], step: Callable[[], None]
) -> Json:
    """Both rulesets on the later cutoffs."""
    both = replace(
        plan,
        wishes=replace(plan.wishes, rulesets=(*plan.wishes.rulesets, text)),
        rulesets=[plan.rulesets[0], draft],
        labels=[plan.labels[0], "the suggestion"],
        cutoffs=[each.cutoff for each in later],
    )
    result = result_of(both, find(engine, both, step), step)
    result["rulesets"][1]["reference"] = ""
    return result


def _words(
    found: Evidence, learnt: Json, values: Sequence[tuple[str, float, int]], difference: Json, verdict: str
) -> Iterator[str]:
    yield (
        f"Learnt from {learnt['leads']:,} leads at {len(learnt['cutoffs'])} earlier cutoffs, of whom {found.people} "
        "people had the outcome."
    )
    if found.rejected:
        yield f"{found.rejected} leads that sales rejected counted {REJECTED_WEIGHT:g} times as not converting."
    yield difference["words"]
    if verdict == "not_better":
        yield "On the later cutoffs it is not better beyond chance, so no draft was made."
    greatest = sorted(values, key=lambda each: -abs(each[2] - each[1]))[:5]
    told = "; ".join(_change(*each) for each in greatest)
    yield f"The greatest changes: {told}."


def _change(path: str, before: float, after: int) -> str:
    return f"{path.removeprefix('dimensions.').removesuffix('.weight')} {before:g} to {after}"


def _result(verdict: str, words: list[str], learnt: Json) -> Json:
    return {
        "version": VERSION,
        "verdict": verdict,
        "words": words,
        "draft": None,
        "changes": [],
        "train": learnt,
        "test": None,
    }
