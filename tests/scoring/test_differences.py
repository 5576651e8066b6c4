"""What two rulesets decide otherwise, in words; complete, since every leaf of the bundled documents was changed."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.scoring.differences import differences
from leadline.scoring.document import bundled_ruleset, load_ruleset, read_marked
from leadline.scoring.example_rules import STAGES
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.schema import ruleset_schema
from leadline.scoring.yaml_text import Marked, mark_yaml

NAMES = ["offshore-staffing", "course-platform"]
TEXTS = {name: bundled_ruleset(name).read_text() for name in NAMES}
RULESETS = {name: load_ruleset(text) for name, text in TEXTS.items()}
TEXT, RULESET = TEXTS[NAMES[0]], RULESETS[NAMES[0]]

SAID = [
    ("weight: 35, full_at: 6", "weight: 40, full_at: 6", "Tool usage counts 40 instead of 35 of engagement"),
    ("weight: 35, full_at: 6", "weight: 35, full_at: 8.5", "Tool usage is full at 8.5 instead of 6"),
    ("half_life_days: 21, daily_cap: 3", "daily_cap: 3", "Tool usage halves in none days instead of 21"),
    ("window_days: 60,\n", "window_days: 30,\n", "Time spent looks back 30 days instead of 60"),
    ("{A: 55,", "{A: 50,", "Grade A begins at 50 instead of 55"),
    ("C: 15, otherwise", "C: 15, E: 5, otherwise", "New: Grade E begins at 5"),
    ("[Tool Used], where", "[Tool Used, Tool Tried], where",
     "Metric completed_tool_uses also reads the event Tool Tried"),
    ("{completed: true}", "{completed: false}", "Metric completed_tool_uses now asks that completed is false"),
    ("dwell_days: 3", "dwell_days: 5", "Stage profile_development is not left before 5 days instead of 3"),
    ("{1: 60, 2: 30", "{1: 70, 2: 30", "Fit 1 begins at 70 instead of 60"),
    ("trigger: 1 hour", "trigger: 30 minutes",
     "After a trigger somebody calls within 30 working minutes instead of 60"),
    ("  vendor: {label: Sells to us, to: disqualified}\n", "", "Rejection vendor is gone"),
    ("points: 15", "points: 20", "Penalty missed_call takes 20 points instead of 15"),
    ("expect: {stage: recycled}", "expect: {stage: customer}",
     'Example “silence recycles a customer” now expects stage "customer"'),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "sentence"), SAID)
def test_a_change_is_told_in_words(old: str, new: str, sentence: str) -> None:
    assert old in TEXT
    changed = load_ruleset(TEXT.replace(old, new, 1))
    assert sentence in [str(each) for each in differences(RULESET, changed)]


def test_a_new_disqualification_is_told() -> None:
    new = "disqualifications:\n  missed: {metric: missed_calls, across: sum, window_days: 9, sentence: Missed a call}\n"
    told = differences(RULESET, load_ruleset(TEXT.replace("disqualifications:\n", new, 1)))
    assert [(each.path, each.sentence) for each in told] == [
        ("disqualifications.missed", "New: Disqualification missed")
    ]


def test_layout_order_and_number_are_no_differences() -> None:
    lines = TEXT.replace("grades: {A: 55, B: 30, C: 15, otherwise: D}", "grades: {otherwise: D, A: 55, B: 30, C: 15}")
    assert differences(RULESET, load_ruleset(f"# another comment\n{lines}", number=9)) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_leaf_that_changes_the_ruleset_is_a_difference(name: str) -> None:
    marked, before, silent, changed = mark_yaml(TEXTS[name]), RULESETS[name], [], 0
    for path in sorted(marked.lines):
        after = mutated(marked.values, path)
        if after is not None:
            changed += content(after) != content(before)
            if bool(differences(before, after)) != (content(after) != content(before)):
                silent.append(path)
    assert silent == []
    assert changed > 100


@given(st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_two_rulesets_differ_when_their_content_does(one: str, other: str) -> None:
    assert bool(differences(RULESETS[one], RULESETS[other])) == (one != other)


def mutated(document: Any, path: str) -> Ruleset | None:
    """The first valid ruleset with another value at this path; None when there is none."""
    *around, last = steps(document, path)
    holder = document
    for step in around:
        holder = holder[step]
    now = holder[last]
    try:
        for value in values(now):
            holder[last] = value
            ruleset, faults = read_marked(Marked(document, {}))
            if not faults:
                return ruleset
    finally:
        holder[last] = now
    return None


def values(now: object) -> Iterator[str | float | bool]:
    """Values worth trying in the place of one."""
    if isinstance(now, bool):
        yield not now
    elif isinstance(now, int | float):
        yield from (now + 1, now - 1, now / 2)
    elif isinstance(now, str):
        words = {each for group in CHOICES if now in group for each in group} - {now}
        yield from sorted(words) or (f"{now} x", "10:00", "2 hours")


def steps(document: object, path: str) -> Iterator[str | int]:
    """The keys of a path; a key may have a dot of its own."""
    while path:
        if path.startswith("["):
            number, _, path = path[1:].partition("]")
            yield int(number)
            document = document[int(number)]
        else:
            path = path.removeprefix(".")
            keys = [key for key in document if path == key or path.startswith((f"{key}.", f"{key}["))]
            key = max(keys, key=len)
            yield key
            document, path = document[key], path[len(key) :]


def enums(schema: object) -> Iterator[list[str]]:
    if isinstance(schema, dict):
        yield [each for each in schema.get("enum", ()) if isinstance(each, str)]
        for each in schema.values():
            yield from enums(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from enums(each)


CHOICES = [
    *enums(ruleset_schema()),
    *([*ruleset.metrics] for ruleset in RULESETS.values()),
    [rule.name for rule in RULESET.conversions],
    [gate.name for gate in RULESET.disqualifications],
    list("ABCD"),
    list(STAGES),
    ["UTC", "Europe/Berlin"],
]
"""Names that only others of the same group can stand for."""


def content(ruleset: Ruleset) -> object:
    """All that a ruleset says, without the number and the order."""
    metrics = {name: (each.as_dict(), each.because_of, each.available_at) for name, each in ruleset.metrics.items()}
    rest = {name: value for name, value in vars(ruleset).items() if name in Ruleset.__dataclass_fields__}
    return {**rest, "metrics": metrics, "number": 0}
