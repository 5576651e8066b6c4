"""A ruleset in words, and who would move."""

import pytest

from leadline.pipeline.impact import Impact, Moved
from leadline.scoring.document import bundled_ruleset, read_ruleset
from leadline.web.editing import DraftForm, unix_lines
from leadline.web.impact_table import from_result, shown
from leadline.web.ruleset_words import grades, stages, weights

RULESET = read_ruleset(bundled_ruleset("offshore-staffing"))


def test_weights_fill_the_bar() -> None:
    parts = weights(RULESET)
    assert [(part.dimension, part.percent) for part in parts] == [
        ("engagement", 20),
        ("readiness", 20),
        ("conversion", 60),
    ]
    assert [float(part.x) for part in parts] == [0, 20, 40]
    assert sum(float(part.width) for part in parts) == 100


def test_grades_are_a_sentence() -> None:
    assert grades(RULESET) == "A from 55, B from 30, C from 15, D below"


def test_stages_say_when_they_are_entered_and_left() -> None:
    qualified = next(each for each in stages(RULESET) if each.name == "Qualified")
    assert qualified.entered.startswith("Entered with a total of 55 for 24 hours; or ")
    assert "permission for profiling" in qualified.entered
    assert qualified.left == "Left with a total below 30, and not before 14 days."
    developing = next(each for each in stages(RULESET) if each.name == "Profile development")
    assert "two of Tool usage 50, Content completion 50 and Time spent 40" in developing.entered


def test_changes_go_up_down_or_aside() -> None:
    moved = [Moved(7, "C", "A", "conversion_signals", "qualified", 28_123_456, 56_300_000)]
    stages_moved = {
        ("conversion_signals", "qualified"): 6,
        ("qualified", "initial_engagement"): 2,
        ("qualified", "disqualified"): 1,
    }
    impact = Impact(250, {("C", "A"): 22, ("B", "C"): 30}, stages_moved, 41, 0.0164, moved)
    moves = shown(impact, 5)
    assert [(each.before, each.after, each.way) for each in moves.grades] == [("B", "C", "down"), ("C", "A", "up")]
    assert [each.way for each in moves.stages] == ["up", "down", ""]
    assert moves.percent == "1.6%"
    assert from_result(impact.as_dict(), 5) == moves  # what a job keeps is drawn as what was just computed


@pytest.mark.parametrize(("typed", "kept"), [("a\r\nb", "a\nb\n"), ("a\n", "a\n"), ("a\rb\n", "a\nb\n"), ("", "")])
def test_line_ends_do_not_hang_on_the_browser(typed: str, kept: str) -> None:
    assert unix_lines(typed) == kept


@pytest.mark.parametrize(("base", "kept"), [("3", 3), ("", None), ("x", None), ("9" * 30, None), ("\u0663", None)])
def test_a_base_is_a_number_or_nothing(base: str, kept: int | None) -> None:
    assert DraftForm.of({"base": base}).base == kept
