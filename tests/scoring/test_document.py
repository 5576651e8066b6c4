"""Ruleset documents: what is read, and how faults are told."""

from pathlib import Path
from time import perf_counter

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from leadline.engagement.metrics import Condition, MetricKind
from leadline.kernel.errors import DocumentError
from leadline.scoring.arithmetic import Curve
from leadline.scoring.document import bundled_ruleset, content_hash, faults, load_ruleset, read_ruleset
from leadline.scoring.document_entry import DocumentEntry
from leadline.scoring.faults import InvalidRulesetError
from leadline.scoring.ruleset import Across
from leadline.scoring.sales_terms import REJECTIONS, AccountRule, Rejection, WorkingHours

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
    ("{completed: true}", "{completed: null}", USES + ".where.completed", "got nothing"),
    ("  engagement:\n", "  engagment:\n", "dimensions.engagment", "'engagement'"),
    ("weight: 35, full_at: 6", "wieght: 35, full_at: 6", TOOL + ".wieght", "'weight'"),
    ("weight: 35, full_at: 6", "full_at: 6", TOOL + ".weight", "missing"),
    ("weight: 35", "weight: 0", TOOL + ".weight", "more than 0"),
    ("weight: 35", "weight: much", TOOL + ".weight", "expected a number, got text"),
    ("weight: 35", "weight: 0.0005", TOOL + ".weight", "three decimals"),
    ("weight: 35", "weight: .inf", TOOL + ".weight", "not a number"),
    ("full_at: 6", "full_at: -6", TOOL + ".full_at", "more than 0"),
    ("half_life_days: 21", "half_life_days: 0", TOOL + ".half_life_days", "more than 0"),
    ("daily_cap: 3", "daily_cap: 0", TOOL + ".daily_cap", "more than 0"),
    ("window_days: 90", "window_days: 0", TOOL + ".window_days", "0 must be 1 or more"),
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
    ("      content_completion:", "      tool_usage:", "", "repeated"),
    ("name: offshore-staffing", "name: [", "", "expected"),
    ("name: offshore-staffing", "name: 3", "name", "expected text, got a whole number"),
    ("name: offshore-staffing", "name: yes", "name", "in quotes"),
    ("dimension: conversion, points", "dimension: conversions, points", "penalties.missed_call.dimension",
     "'conversion'"),
    ("points: 15", "points: 150", "penalties.missed_call.points", "150 must be 100 or less"),
    ("A: 55", "A: 25", "grades.B", "not below A"),
    ("A: 55", "A: 155", "grades.A", "within 0 to 100"),
    ("A: 55", "A: high", "grades.A", "number of points"),
    (", otherwise: D", "", "grades.otherwise", "missing"),
    ("triggers: [conversion_signals, qualified]", "triggers: [qualifed]", "conversions.quote_requested.triggers[0]",
     "'qualified'"),
    ("    key: call_id\n", "", "conversions.strategy_call.unless", "key"),
    ("  qualified:\n", "  qualifed:\n", "stages.qualifed", "'qualified'"),
    ("{tool_usage: 50", "{tool_use: 50", "stages.profile_development.enter.of.tool_use", "'tool_usage'"),
    ("{tool_usage: 50", "{tool_usage: 150", "stages.profile_development.enter.of.tool_usage", "100 or less"),
    ("{tool_usage: 30", "{tool_usage: 60", "stages.profile_development.stay.of.tool_usage", "above the one to enter"),
    ("at_least: 2", "at_least: 4", "stages.profile_development.enter.at_least", "can not be asked for"),
    ("at_least: 2", "at_laest: 2", "stages.profile_development.enter.at_laest", "'at_least'"),
    ("stay_total: 30", "stay_total: 70", "stages.qualified.stay_total", "below the total"),
    ("for_hours: 24", "for_hours: -1", "stages.qualified.enter_total.for_hours", "0 or more"),
    ("needs: [known]", "needs: [famous]", "stages.profile_development.needs[0]", "known"),
    ("dwell_days: 3", "dwell_days: -3", "stages.profile_development.dwell_days", "0 or more"),
    ("conversion_signals, qualified, customer]", "custmer]", "recycling.stages[1]", "'customer'"),
    ("{metric: competitor,", "{metric: competitors,", "disqualifications.competitor.metric", "'competitor'"),
    ("{completed: true}", "{completed: {}}", USES + ".where.completed", "says nothing"),
    ("{completed: true}", "{n: {at_least: 3, below: 3}}", USES + ".where.n", "no number lies within"),
    ("{completed: true}", "{n: {exists: false, above: 3}}", USES + ".where.n.exists", "no other filter"),
    ("{completed: true}", "{n: {not: []}}", USES + ".where.n.not", "matches nothing"),
    ("{completed: true}", "{n: {above: .nan}}", USES + ".where.n.above", "not a number"),
    ("because_of: [strategy_call]", "because_of: [strategy_cal]", "metrics.missed_calls.because_of[0]",
     "'strategy_call'"),
    ("available_at: received", "available_at: recieved", "metrics.missed_calls.available_at", "'received'"),
    ("{kind: trait_value, trait: employees}", "{kind: trait_value}", "metrics.company_size.trait", "needs this field"),
    ("{kind: trait_value, trait: employees}", "{kind: trait_value, trait: employees, values: [a]}",
     "metrics.company_size.values", "does not have"),
    ("values: [AU, CA", "values: [NO, CA", "metrics.served_country.values[0]", "in quotes"),
    ("window_days: 90, across: max, curve: sqrt", "window_days: 90, half_life_days: 3, across: min, curve: sqrt",
     "dimensions.conversion.factors.team_size.half_life_days", "across: min"),
    ("{metric: company_size, weight: 40", "{metric: quiz_score, weight: 40", "fit.factors.company_size.metric",
     "about traits"),
    ("    address: {metric", "    team_size: {metric", "fit.factors.team_size", "factor of this name"),
    ("{1: 60, 2: 30,", "{1: 60, 2: 70,", "fit.bands.2", "not below 1"),
    ("{1: 60, 2: 30, otherwise: 3}", "{1: 60, 2: 30, otherwise: 2}", "fit.bands.otherwise", "not below the bands"),
    ("    A1: Call today", "    E1: Call today", "fit.matrix.E1", "D1, D2"),
    ("trigger: 1 hour", "trigger: soon", "contact.within.trigger", "1 hour"),
    ("trigger: 1 hour", "trigger: 0 hours", "contact.within.trigger", "within a minute"),
    ('closes: "17:00"', 'closes: "08:00"', "contact.working_hours.closes", "after it opens"),
    ('opens: "09:00"', "opens: early", "contact.working_hours.opens", "time of day"),
    ("zone: UTC", "zone: Europe/Berln", "contact.working_hours.zone", "'Europe/Berlin'"),
    ("zone: UTC", "zone: ../etc/passwd", "contact.working_hours.zone", "no time zone"),
    ("  vendor: {label", "  ven dor: {label", "rejections.ven dor", "letters"),
    ("to: disqualified}", "to: disqualifed}", "rejections.job_seeker.to", "'disqualified'"),
    ("expect: {stage: recycled}", "expect: {stage: recycle}", "examples.silence recycles a customer.expect.stage",
     "'recycled'"),
    ("expect: {stage: recycled}", "expect: {grade: Z}", "examples.silence recycles a customer.expect.grade", "A, B"),
    ("expect: {stage: recycled}", "expect: {totl: 3}", "examples.silence recycles a customer.expect.totl", "'total'"),
    ("expect: {stage: recycled}", "expect: {total: high}", "examples.silence recycles a customer.expect.total",
     "a number"),
    ("days_ago: 61,", "", "examples.silence recycles a customer.events[0]", "either days_ago or a timestamp"),
    ("event: Deal Won, days_ago: 61,", "days_ago: 61,", "examples.silence recycles a customer.events[0].event",
     "name of its event"),
    ("across: sum", "across: distinct", TOOL + ".across", "Use one of: sum, max, min, last"),
    ("across: distinct", "across: sum", "dimensions.engagement.factors.content_completion.across", "Use distinct."),
    ("trait_value, trait: employees", "trait_value, traits: [employees, plan]", "metrics.company_size.traits",
     "use trait"),
    ("otherwise: D}", "otherwise: B}", "grades.otherwise", "B has a band"),
    ("window_days: 90, across: max, curve: sqrt", "window_days: 90, daily_cap: 3, across: min, curve: sqrt",
     "dimensions.conversion.factors.team_size.daily_cap", "across: min"),
]  # fmt: skip


def test_a_tab_is_told_as_one() -> None:
    with pytest.raises(DocumentError, match=r"line 3: .*") as caught:
        load_ruleset("name: x\nmetrics:\n\tquotes: {kind: count}\n")
    assert "spaces" in caught.value.advice


@pytest.mark.parametrize(("old", "new", "path", "hint"), FAULTS)
def test_a_fault_names_its_line_its_path_and_what_to_write(old: str, new: str, path: str, hint: str) -> None:
    assert old in TEXT
    with pytest.raises(InvalidRulesetError) as caught:
        load_ruleset(TEXT.replace(old, new, 1))
    told = [each for each in caught.value.faults if each.path == path and hint in str(each)]
    assert told, caught.value.faults
    assert caught.value.message == caught.value.faults[0].told
    assert all(each.line for each in caught.value.faults)


@pytest.mark.parametrize("text", ["", "[]", "just text", "{1: 2}", "? [a]\n: b", "\t", "a: *b", "[" * 9999])
def test_what_is_no_ruleset_is_refused(text: str) -> None:
    with pytest.raises(DocumentError):
        load_ruleset(text)


def test_each_dimension_needs_a_factor() -> None:
    start, end = TEXT.index("  conversion:\n    weight"), TEXT.index("penalties:")
    with pytest.raises(DocumentError, match=r"dimensions\.conversion: this field is missing"):
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


def test_all_independent_faults_are_told_at_once_by_line() -> None:
    text = TEXT.replace("kind: count", "kind: cuont", 1).replace("curve: sqrt", "curve: sqr", 1)
    text = text.replace("dwell_days: 3", "dwell_days: -3", 1).replace(
        "weight: 35, full_at: 6", "weight: 0, full_at: -6"
    )
    found = faults(text)
    paths = [USES + ".kind", TOOL + ".weight", TOOL + ".full_at", TOOL + ".curve"]
    assert [each.path for each in found] == [*paths, "stages.profile_development.dwell_days"]
    assert [each.line for each in found] == sorted(each.line or 0 for each in found)
    with pytest.raises(InvalidRulesetError, match=r"4 more") as caught:
        load_ruleset(text)
    assert list(caught.value.faults) == found


def test_a_fault_is_told_once_and_not_by_what_leans_on_it() -> None:
    assert [each.path for each in faults(TEXT.replace("kind: count", "kind: cuont", 1))] == [USES + ".kind"]


def test_a_fault_reads_as_one_line() -> None:
    found = faults(TEXT.replace("metric: completed_tool_uses", "metric: completed_tools"))
    line = TEXT[: TEXT.index("metric: completed_tool_uses")].count("\n") + 1
    told = f"line {line}, {TOOL}.metric: there is no metric 'completed_tools'. Did you mean 'completed_tool_uses'?"
    assert [str(each) for each in found] == [told]


def test_a_valid_document_has_no_faults() -> None:
    assert faults(TEXT) == []


BOMB = "a: &a [x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 8)}]\n"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)
PATHOLOGICAL = {
    "deep lists": ("[" * 100_000, "deep"),
    "deep mappings": ("\n".join(" " * depth + "a:" for depth in range(1_000)), "deep"),
    "aliases that grow": (BOMB, "entries"),
    "an alias of itself": ("name: &a [*a]", "contains itself"),
    "a huge text": ("x" * 2_000_000, "characters"),
    "many entries": ("a: [" + "1," * 200_000 + "1]", "entries"),
    "NUL": ("name: a\nother: \x00", "line 2"),
    "two documents": ("a: 1\n---\nb: 2", "line"),
    "an unknown tag": ("name: !!python/object:os.system x", "line 1"),
}


@pytest.mark.parametrize(("text", "told"), PATHOLOGICAL.values(), ids=PATHOLOGICAL)
def test_pathological_texts_end_in_a_clear_error_soon(text: str, told: str) -> None:
    began = perf_counter()
    found = faults(text)
    assert perf_counter() - began < 10
    assert len(found) == 1
    assert told in str(found[0])
    assert len(str(found[0])) < 300


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.text() | st.sampled_from([*DocumentEntry.__struct_fields__]), inner)
        ),
    )
)
def test_any_yaml_ends_in_faults_and_never_in_another_error(document: object) -> None:
    assert faults(yaml.safe_dump(document))


def test_filters_of_all_kinds_are_read() -> None:
    bounds = "seats: {at_least: 2, at_most: 10}, kind: {not: [x, y]}, n: {above: 1, below: 2.5}"
    new = f"where: {{{bounds}, id: {{exists: true}}, p: {{not: z}}}}"
    ruleset = load_ruleset(TEXT.replace("where: {completed: true}", new, 1))
    assert ruleset.metrics["completed_tool_uses"].where == (
        Condition("seats", at_least=2.0, at_most=10.0),
        Condition("kind", excluded=("x", "y")),
        Condition("n", above=1.0, below=2.5),
        Condition("id", exists=True),
        Condition("p", excluded=("z",)),
    )


def test_metrics_say_what_they_follow_from_and_when_they_are_known() -> None:
    metric = load_ruleset(TEXT).metrics["missed_calls"]
    assert (metric.because_of, metric.available_at) == (("strategy_call",), "received")
    assert load_ruleset(TEXT).metrics["quiz_score"].available_at == "occurred"


def test_the_new_kinds_are_read() -> None:
    text = TEXT.replace("{kind: max, events: [Quote Calc", "{kind: min, events: [Quote Calc").replace(
        "{kind: count, events: [Premium Upgraded]}", "{kind: distinct_days, events: [Premium Upgraded]}"
    )
    ruleset = load_ruleset(text.replace("window_days: 90, across: max, curve: sqrt", "window_days: 90, across: min"))
    assert ruleset.metrics["seats_wanted"].kind is MetricKind.MIN
    assert ruleset.metrics["premium_upgrades"].kind is MetricKind.DISTINCT_DAYS
    assert ruleset.factors[-1].measure.across is Across.MIN


def test_fit_is_read() -> None:
    fit = load_ruleset(TEXT).fit
    assert fit is not None
    assert [factor.name for factor in fit.factors] == ["company_size", "industry", "country", "address"]
    assert {(factor.dimension, factor.measure.across) for factor in fit.factors} == {("fit", Across.STATE)}
    assert (fit.bands, fit.lowest, fit.matrix["A1"]) == (((1, 60_000), (2, 30_000)), 3, "Call today")


def test_the_promise_to_call_is_read() -> None:
    promise = load_ruleset(TEXT).promise
    assert (promise.trigger_minutes, promise.other_minutes, promise.hours) == (60, 480, WorkingHours())
    text = (
        TEXT.replace("other: 1 day,", "other: 2 days,")
        .replace('opens: "09:00", closes: "17:00", zone: UTC', "opens: 8:30, closes: 17:00, zone: Europe/Berlin")
        .replace("trigger: 1 hour, other: 1 day", "trigger: 45, other: 2 days")
    )
    promise = load_ruleset(text).promise
    assert (promise.trigger_minutes, promise.other_minutes) == (45, 2 * 510)
    assert (promise.hours.opens, promise.hours.closes, promise.hours.zone) == (510, 1020, "Europe/Berlin")


def test_rejections_are_the_built_in_ones_or_the_documents_own() -> None:
    assert load_ruleset(bundled_ruleset("course-platform").read_text()).rejections == REJECTIONS
    start, end = TEXT.index("  not_hiring:"), TEXT.index("\n# E-mail domains")
    own = load_ruleset(TEXT[:start] + "  gone: {label: Has left, to: disqualified}\n" + TEXT[end:])
    assert own.rejections == (Rejection("gone", "Has left", "disqualified"),)


def test_accounts_and_actions_are_read() -> None:
    ruleset = load_ruleset(TEXT)
    assert ruleset.accounts == AccountRule(3, 250)
    assert ruleset.factors[9].action == "a strategy call"
