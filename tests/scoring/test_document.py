"""Ruleset documents: what is read, and how faults are told."""

from pathlib import Path

import pytest

from leadline.engagement.metrics import Condition, MetricKind
from leadline.kernel.errors import DocumentError
from leadline.scoring.arithmetic import Curve
from leadline.scoring.document import bundled_ruleset, content_hash, load_ruleset, read_ruleset
from leadline.scoring.ruleset import Across

TEXT = bundled_ruleset("offshore-staffing").read_text()

TOOL = "dimensions.engagement.factors.tool_usage"
PROFILE = "dimensions.readiness.factors.profile_completion"
USES = "metrics.completed_tool_uses"

FAULTS = [
    ("kind: count", "kind: cuont", USES + ".kind", "'count'"),
    ("{kind: active_days}", "{kind: active_days, events: [X]}", "metrics.active_days.events", "does not have"),
    (", property: content_id}", "}", "metrics.completed_content.property", "needs this field"),
    ("property: engaged_ms", "property: ms", "metrics.engaged_time.property", "engaged_ms"),
    ("trait: email_class, ", "", "metrics.free_mail.trait", "needs this field"),
    ("{completed: true}", "{completed: {at_laest: 1}}", USES + ".where.completed.at_laest", "'at_least'"),
    ("{completed: true}", "{completed: []}", USES + ".where.completed", "matches nothing"),
    ("{completed: true}", "{completed: null}", USES + ".where.completed", "null"),
    ("  engagement:\n", "  engagment:\n", "dimensions.engagment", "'engagement'"),
    ("weight: 35, full_at: 6", "wieght: 35, full_at: 6", TOOL + ".wieght", "'weight'"),
    ("weight: 35, full_at: 6", "full_at: 6", TOOL + ".weight", "missing"),
    ("weight: 35", "weight: 0", TOOL + ".weight", "more than 0"),
    ("weight: 35", "weight: much", TOOL + ".weight", "got `str`"),
    ("weight: 35", "weight: 0.0005", TOOL + ".weight", "three decimals"),
    ("weight: 35", "weight: .inf", TOOL + ".weight", "not a number"),
    ("full_at: 6", "full_at: -6", TOOL + ".full_at", "more than 0"),
    ("half_life_days: 21", "half_life_days: 0", TOOL + ".half_life_days", "more than 0"),
    ("daily_cap: 3", "daily_cap: 0", TOOL + ".daily_cap", "more than 0"),
    ("window_days: 90", "window_days: 0", TOOL + ".window_days", "number of days"),
    ("window_days: 90,\n", "\n", TOOL + ".window_days", "missing"),
    ("curve: sqrt", "curve: sqr", TOOL + ".curve", "'sqrt'"),
    ("metric: completed_tool_uses", "metric: completed_tools", TOOL + ".metric",
     "'completed_tool_uses'"),
    ("across: sum", "across: distinct", TOOL + ".across", "distinct"),
    ("across: sum", "across: state", TOOL + ".across", "state"),
    ("across: sum", "across: summ", TOOL + ".across", "'sum'"),
    ("across: distinct", "across: sum", "dimensions.engagement.factors.content_completion.across", "distinct"),
    ("across: state, curve", "across: max, window_days: 9, curve", PROFILE + ".across", "state"),
    ("across: state, curve", "across: state, window_days: 9, curve",
     PROFILE + ".window_days", "no window"),
    ("window_days: 180, across: last", "window_days: 180, daily_cap: 1, across: last",
     "dimensions.readiness.factors.quiz_results.daily_cap", "no effect"),
    ("      content_completion:", "      tool_usage:", "line 35", "repeated"),
    ("name: offshore-staffing", "name: [", "line", ""),
    ("name: offshore-staffing", "name: 3", "name", "got `int`"),
    ("name: offshore-staffing", "name: 2026-13-45", "This is not YAML", "month"),
    ("dimension: conversion, points", "dimension: conversions, points", "penalties.missed_call.dimension",
     "'conversion'"),
    ("points: 15", "points: 150", "penalties.missed_call.points", "within 0 to 100"),
    ("A: 55", "A: 25", "grades.B", "not below A"),
    ("A: 55", "A: 155", "grades.A", "within 0 to 100"),
    ("A: 55", "A: high", "grades.A", "number of points"),
    (", otherwise: D", "", "grades.otherwise", "missing"),
    ("triggers: [conversion_signals, qualified]", "triggers: [qualifed]", "conversions.quote_requested.triggers",
     "'qualified'"),
    ("    key: call_id\n", "", "conversions.strategy_call.unless", "key"),
    ("  qualified:\n", "  qualifed:\n", "stages.qualifed", "'qualified'"),
    ("{tool_usage: 50", "{tool_use: 50", "stages.profile_development.enter.of.tool_use", "'tool_usage'"),
    ("{tool_usage: 50", "{tool_usage: 150", "stages.profile_development.enter.of.tool_usage", "within 0 to 100"),
    ("{tool_usage: 30", "{tool_usage: 60", "stages.profile_development.stay.of.tool_usage", "above the one to enter"),
    ("at_least: 2", "at_least: 4", "stages.profile_development.enter.at_least", "can not be asked for"),
    ("at_least: 2", "at_laest: 2", "stages.profile_development.enter.at_laest", "'at_least'"),
    ("stay_total: 30", "stay_total: 70", "stages.qualified.stay_total", "below the total"),
    ("for_hours: 24", "for_hours: -1", "stages.qualified.enter_total.for_hours", "number of hours"),
    ("needs: [known]", "needs: [famous]", "stages.profile_development.needs", "known"),
    ("dwell_days: 3", "dwell_days: -3", "stages.profile_development.dwell_days", "number of days"),
    ("qualified, customer]", "custmer]", "recycling.stages", "'customer'"),
    ("{metric: competitor,", "{metric: competitors,", "disqualifications.competitor.metric", "'competitor'"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "path", "hint"), FAULTS)
def test_a_fault_names_its_path_and_what_to_write(old: str, new: str, path: str, hint: str) -> None:
    assert old in TEXT
    with pytest.raises(DocumentError) as caught:
        load_ruleset(TEXT.replace(old, new, 1))
    assert caught.value.message.startswith(path)
    assert hint in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "just text", "{1: 2}", "? [a]\n: b", "\t", "a: *b", "[" * 9999])
def test_what_is_no_ruleset_is_refused(text: str) -> None:
    with pytest.raises(DocumentError):
        load_ruleset(text)


def test_each_dimension_needs_a_factor() -> None:
    start, end = TEXT.index("  conversion:\n    weight"), TEXT.index("penalties:")
    with pytest.raises(DocumentError, match=r"dimensions\.conversion: each of the three"):
        load_ruleset(TEXT[:start] + TEXT[end:])


def test_a_factor_has_one_dimension() -> None:
    with pytest.raises(DocumentError, match=r"dimensions\.readiness\.factors\.tool_usage: .*engagement"):
        load_ruleset(TEXT.replace("      quiz_results:", "      tool_usage:", 1))


def test_the_default_ruleset_reads_as_its_table_says() -> None:
    ruleset = load_ruleset(TEXT, number=7)
    assert (ruleset.name, ruleset.number, len(ruleset.factors)) == ("offshore-staffing", 7, 12)
    assert ruleset.dimension_weights == {"engagement": 20_000, "readiness": 20_000, "conversion": 60_000}
    tool = ruleset.factors[0]
    assert (tool.weight, tool.full_at, tool.curve) == (35_000, 6_000, Curve.SQRT)
    assert (tool.measure.across, tool.measure.window_days) == (Across.SUM, 90)
    assert (tool.measure.half_life_days, tool.measure.daily_cap) == (21.0, 3_000)
    assert tool.measure.metric.where == (Condition("completed", (True,)),)


def test_stages_conversions_and_gates_are_read() -> None:
    ruleset = load_ruleset(TEXT)
    assert [stage.name for stage in ruleset.stages] == ["profile_development", "conversion_signals", "qualified"]
    assert ruleset.stages[2].enter_total == 55_000
    assert ruleset.conversions[0].trigger_where == (Condition("seats", at_least=1.0),)
    assert ruleset.metrics["free_mail"].kind is MetricKind.TRAIT
    assert ruleset.metrics["free_mail"].traits == ("email_class",)
    assert ruleset.grade_of(55_000_000) == "A"
    assert ruleset.grade_of(54_999_999) == "B"
    assert ruleset.grade_of(0) == "D"


def test_decimals_are_exact_thousandths() -> None:
    ruleset = load_ruleset(TEXT.replace("weight: 35, full_at: 6", "weight: 0.1, full_at: 4.35", 1))
    assert (ruleset.factors[0].weight, ruleset.factors[0].full_at) == (100, 4_350)


def test_where_takes_lists() -> None:
    ruleset = load_ruleset(TEXT.replace("{intent: work}", "{intent: [work, 3, false]}", 1))
    assert ruleset.metrics["work_intent"].where == (Condition("intent", ("work", 3, False)),)


def test_metrics_that_measure_the_same_share_a_digest() -> None:
    metrics = load_ruleset(TEXT).metrics
    assert len({metric.digest for metric in metrics.values()}) == len(metrics)
    renamed = load_ruleset(TEXT.replace("missed_calls", "calls_missed")).metrics["calls_missed"]
    assert renamed.digest == metrics["missed_calls"].digest


@pytest.mark.parametrize("name", ["offshore-staffing", "course-platform"])
def test_bundled_rulesets_are_valid(name: str) -> None:
    assert read_ruleset(bundled_ruleset(name)).name == name


def test_an_unknown_bundled_ruleset_names_the_nearest() -> None:
    with pytest.raises(DocumentError, match="Did you mean 'offshore-staffing'"):
        bundled_ruleset("offshore-stafing")


def test_an_unreadable_file_is_a_document_error(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="can not be read"):
        read_ruleset(tmp_path / "none.yaml")


def test_the_content_hash_is_that_of_the_text() -> None:
    assert content_hash("a") == content_hash("a") != content_hash("a ")
    assert len(content_hash("")) == 64
