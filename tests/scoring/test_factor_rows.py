"""Numbers of a ruleset as fields, and typed fields as edits of the document."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.kernel.errors import DocumentError
from leadline.scoring.document import bundled_ruleset, faults, load_ruleset
from leadline.scoring.factor_rows import RuleRows, rule_rows, value_of, with_fields
from leadline.scoring.yaml_text import mark_yaml

TEXT = bundled_ruleset("offshore-staffing").read_text(encoding="utf-8")
FACTOR = "dimensions.engagement.factors.tool_usage"
QUIZ = "dimensions.readiness.factors.quiz_results"


def rows(text: str = TEXT) -> RuleRows:
    return rule_rows(mark_yaml(text).values, faults(text))


SHOWN = rows().shown
NUMBERS = sorted(path for path, value in SHOWN.items() if path.startswith("dimensions.") and value.isdecimal())


def test_every_factor_is_a_row_with_what_the_document_says() -> None:
    (engagement, *_) = rows().dimensions
    tool_usage = engagement.factors[0]
    assert (tool_usage.label, tool_usage.metric) == ("Tool usage", "completed_tool_uses")
    assert {field.label: field.value for field in tool_usage.fields} == {
        "Weight": "35", "Full at": "6", "Half-life, days": "21", "Cap a day": "3", "Window, days": "90", "Curve": "sqrt"
    }  # fmt: skip
    assert sum(len(each.factors) for each in rows().dimensions) == 12
    assert [group.title for group in rows().groups] == [
        "Grades, from", "Profile development", "Conversion signals", "Qualified"
    ]  # fmt: skip


def test_state_factors_have_no_days() -> None:
    profile = rows().dimensions[1].factors[0]
    assert [field.label for field in profile.fields] == ["Weight", "Full at", "Curve"]


def test_a_change_touches_its_entry_alone() -> None:
    edited = with_fields(TEXT, {f"{FACTOR}.weight": "45"}, SHOWN)
    assert edited == TEXT.replace("completed_tool_uses, weight: 35", "completed_tool_uses, weight: 45")
    assert with_fields(TEXT, SHOWN, SHOWN) == TEXT


def test_an_entry_that_was_not_there_is_added_and_taken_back() -> None:
    with_half_life = with_fields(TEXT, {f"{QUIZ}.half_life_days": "30"}, SHOWN)
    (factor,) = [each for each in load_ruleset(with_half_life).factors if each.name == "quiz_results"]
    assert factor.measure.half_life_days == 30
    emptied = with_fields(with_half_life, {f"{QUIZ}.half_life_days": ""}, rows(with_half_life).shown)
    assert load_ruleset(emptied).factors == load_ruleset(TEXT).factors


def test_a_block_mapping_gets_its_entry_on_a_line_of_its_own() -> None:
    block = "grades:  # the bands\n  A: 55  # best\n  B: 30\n  otherwise: D"
    text = TEXT.replace("grades: {A: 55, B: 30, C: 15, otherwise: D}", block)
    edited = with_fields(text, {"grades.C": "15"}, {"grades.C": ""})
    assert "grades:  # the bands\n  C: 15\n  A: 55  # best\n" in edited


def test_a_fault_stands_at_its_field() -> None:
    wrong = with_fields(TEXT, {f"{FACTOR}.weight": "much"}, SHOWN)
    (row, *_) = rows(wrong).dimensions[0].factors
    (field, *others) = row.fields
    assert field.value == "much"
    assert [fault.path for fault in field.faults] == [f"{FACTOR}.weight"]
    assert not any(each.faults for each in others)


def test_what_is_no_field_is_refused() -> None:
    with pytest.raises(DocumentError, match="no field"):
        with_fields(TEXT, {"name": "mine"}, {"name": ""})
    assert with_fields(TEXT, {"dimensions.new": "1"}, {}) == TEXT  # never shown


@pytest.mark.parametrize(
    ("typed", "value"), [("", None), (" 4 ", 4), ("-1", -1), ("0.5", 0.5), (".5", 0.5), ("1,5", "1,5"), ("1e3", "1e3")]
)
def test_what_is_typed_is_a_number_or_stays_a_text(typed: str, value: object) -> None:
    assert value_of(typed) == value


@settings(max_examples=12)
@given(st.dictionaries(st.sampled_from(NUMBERS), st.integers(1, 10_000), min_size=1, max_size=6))
def test_what_was_typed_is_what_the_rows_then_show(changes: dict[str, int]) -> None:
    typed = {path: str(value) for path, value in changes.items()}
    edited = with_fields(TEXT, typed, SHOWN)
    assert rule_rows(mark_yaml(edited).values).shown == {**SHOWN, **typed}
    assert with_fields(edited, SHOWN, {**SHOWN, **typed}) == TEXT
