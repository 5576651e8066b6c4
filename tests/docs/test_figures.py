"""Figures that the documentation tells, computed again."""

import json
import math
import re
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from leadline import LeadScorer, LeadScoringEngine
from leadline.qualification.examples import failing_examples, run_examples
from leadline.scoring.arithmetic import decay_weight, weighted_mean
from leadline.scoring.contributions import lead_history, without_decay
from leadline.scoring.document import bundled_ruleset, faults, load_ruleset, read_ruleset
from leadline.scoring.history import read_history
from leadline.scoring.ledger import LedgerLine, ledger
from leadline.scoring.score import LeadScore

DOCS = Path(__file__).parents[2] / "docs"
RULESET = read_ruleset(bundled_ruleset("offshore-staffing"))
TIMES = "\N{MULTIPLICATION SIGN}"
TODAY = date(2026, 11, 22)
AMELIA = [
    {"event": "Quote Requested", "properties": {"quote_id": "q-1", "seats": 4}},
    {"type": "identify", "traits": {"firstName": "Amelia", "company": {"name": "Northgate Dental Group"}}},
    {"event": "Tool Used", "properties": {"tool": "quote-calculator", "completed": True}},
]


def read(name: str) -> str:
    return (DOCS / name).read_text()


def block(language: str, page: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", page, re.DOTALL)
    assert found is not None
    return found[1]


def shown(number: float | None) -> str:
    return f"{number:,g}" if number else "-"


def silent() -> LeadScore:
    return LeadScorer().score_lead(json.loads(block("json", read("reference/scores.md"))))


def amelia(events: int, silent_days: int = 0) -> LeadScore:
    sent = [{**message, "timestamp": f"{TODAY}T12:00:00Z"} for message in AMELIA[:events]]
    return LeadScorer().score_lead({"events": sent, "as_of": TODAY + timedelta(days=silent_days)})


def lines(score: LeadScore) -> Iterator[tuple[str, str, str]]:
    """What `leadline explain` prints of each factor that gives something: label, score, points."""
    for line in ledger(score, RULESET):
        if line.points_micro:
            yield line.label, f"{line.score:.1f}", f"{line.points:+.3f}"


def test_the_table_of_factors_is_the_default_ruleset() -> None:
    page = read("reference/scores.md")
    for factor in RULESET.factors:
        measure = factor.measure
        numbers = (
            factor.weight / 1000,
            factor.full_at / 1000,
            measure.half_life_days,
            (measure.daily_cap or 0) / 1000,
            measure.window_days,
        )
        row = " | ".join([factor.name, *map(shown, numbers), measure.across, factor.curve])
        assert f"| {row} |" in page


def test_the_worked_example_has_the_raws_and_scores_of_every_factor() -> None:
    page, score = read("reference/scores.md"), silent()
    rows = re.findall(rf"^\| (\w+) \| ([\d,]+) {TIMES} ([\d,^]+) = ([\d,]+) \| .* \| ([\d,]+) \|$", page, re.MULTILINE)
    told = {name: (whole(cell) * whole(weight), whole(raw), whole(nano)) for name, cell, weight, raw, nano in rows}
    measured = dict(zip((factor.name for factor in RULESET.factors), score.raws, strict=False))
    assert told == {
        name: (raw, raw, score.factor(RULESET.factors[RULESET.factor_index(name)]).nano)
        for name, raw in measured.items()
        if raw
    }


def test_the_worked_example_adds_up_as_it_says() -> None:
    page, score = read("reference/scores.md"), silent()
    exact = {name: dimension.nano for name, dimension in score.dimensions.items()}
    exact["total"] = weighted_mean([(d.weight_thousandths, d.nano) for d in score.dimensions.values()])
    for name, nano in exact.items():
        terms, told = re.findall(rf"^{name} +\((.*)\) / 100 = ([\d,]+)$", page, re.MULTILINE)[0]
        products = [whole(weight) * whole(part) for weight, part in re.findall(rf"([\d,]+) {TIMES} ([\d,]+)", terms)]
        assert ((sum(products) + 50) // 100, whole(told)) == (nano, nano)
    assert f"the total is {score.total}, grade {score.grade}" in " ".join(page.split())


def test_the_ledger_of_the_worked_example_follows_from_its_own_figures() -> None:
    page, found = (
        read("reference/scores.md"),
        re.compile(
            rf"^\| (\w+) \| (\d+) {TIMES} (\d+) / 10,000 \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|$",
            re.MULTILINE,
        ),
    )
    exact, reached, told = Fraction(0), 0, {}
    for name, dimension, factor, *figures in found.findall(page):
        score, plain, points, decay = map(whole, figures)
        share = Fraction(int(dimension) * int(factor), 10_000)
        exact += share * score
        now = math.floor(exact / 1000 + Fraction(1, 2))
        assert points == now - reached
        assert decay == math.floor(share * (plain - score) / 1000 + Fraction(1, 2))
        reached, told[name] = now, (points, decay)
    assert f"The points add up to {reached:,} millionths" in page
    assert f"Decay took {sum(decay for _, decay in told.values()):,}, which" in page
    assert told == {line.factor: (line.points_micro, line.decay_micro) for line in silent_ledger() if line.points_micro}


def silent_ledger() -> list[LedgerLine]:
    given = read_history(json.loads(block("json", read("reference/scores.md"))))
    history = lead_history(RULESET, given.events, given.traits, given.as_of)
    return ledger(silent(), RULESET, without_decay(RULESET, history))


def whole(text: str) -> int:
    base, _, power = text.replace(",", "").partition("^")
    exponent = int(power or 1)
    result: int = int(base) ** exponent
    return result


def test_the_weights_of_the_worked_example() -> None:
    page = " ".join(read("reference/scores.md").split())
    assert f"{decay_weight(21, 21):,} with a half-life of 21 days" in page
    assert f"and {decay_weight(21, 14):,} with one of 14" in page


def test_the_tutorial_tells_the_scores_of_its_events() -> None:
    page = read("tutorial/first-lead.md")
    for score in (amelia(1), amelia(3), amelia(3, silent_days=21)):
        assert f"{score.total:.6f}" in page
        for label, points, part in lines(score):
            assert re.search(rf"{label} +\|.*\| +{points} \| +{re.escape(part)}", page)
    assert [amelia(3).grade, amelia(3, silent_days=21).grade] == ["B", "C"]


def test_the_example_of_the_python_page_prints_what_it_says(capsys: Any) -> None:
    page = read("reference/python.md")
    exec(compile(block("python", page), "python.md", "exec"), {})  # noqa: S102  # our own page
    assert capsys.readouterr().out == block("text", page)


def test_the_blocks_of_the_ruleset_page_are_a_whole_ruleset() -> None:
    page = read("how-to/write-a-ruleset.md")
    text = "name: my-platform\n" + "".join(re.findall(r"```yaml\n(.*?)```", page, re.DOTALL))
    ruleset = load_ruleset(text)
    score = LeadScoringEngine(ruleset).calculate_score(json.loads(block("json", page)))
    assert score.conversion.demos.score == 100.0
    assert len(run_examples(ruleset)) == 2
    assert failing_examples(ruleset) == []
    (fault,) = faults(text.replace("{metric: reports_opened", "{metric: report_opened"))
    assert f"leadline: {fault}\n" in page


def test_the_disqualifications_of_the_ruleset_page_disqualify() -> None:
    page = read("how-to/write-a-ruleset.md")
    whole = yaml.safe_load("name: my-platform\n" + "".join(re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)))
    added = yaml.safe_load("".join(re.findall(r"```yaml disqualified\n(.*?)```", page, re.DOTALL)))
    for section, entries in added.items():
        whole[section] = {**whole.get(section, {}), **entries}
    ruleset = load_ruleset(yaml.safe_dump(whole, sort_keys=False))
    assert [gate.name for gate in ruleset.disqualifications] == ["free_mail", "competitor", "internal", "unsubscribed"]
    assert len(run_examples(ruleset)) == 6
    assert failing_examples(ruleset) == []


def test_the_plan_of_the_plan_page_is_valid() -> None:
    from leadline.tracking.plan_document import load_plan

    text = block("yaml", read("reference/tracking-plan.md"))
    plan, own = load_plan(text), set(yaml.safe_load(text)["events"])
    assert own < set(plan.events)  # and those of the plans it includes
    assert plan.version == "3"
