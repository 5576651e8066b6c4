"""A journey as one line and its stops."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from leadline.pipeline.lead_journey import JourneyStep, StepKind
from leadline.web.journey_line import WIDTH, journey_line

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def visit(days: float, channel: str = "Direct", campaign: str = "") -> JourneyStep:
    return JourneyStep(NOW - timedelta(days=days), StepKind.VISIT, channel, campaign)


def stage(days: float) -> JourneyStep:
    return JourneyStep(NOW - timedelta(days=days), StepKind.STAGE, "qualified")


def test_visits_alike_that_follow_each_other_are_one_stop() -> None:
    line = journey_line([visit(9), visit(8), visit(7, "E-mail", "spring"), stage(6), visit(5)], NOW)
    assert [(stop.step.what, stop.visits) for stop in line.stops] == [
        ("Direct", 2), ("E-mail", 1), ("qualified", 1), ("Direct", 1)
    ]  # fmt: skip
    assert line.visits == 4
    assert line.stops[0].until == NOW - timedelta(days=8)


def test_nothing_is_drawn_of_nobody() -> None:
    assert journey_line([], NOW).stops == ()


@given(st.lists(st.tuples(st.floats(0, 400), st.sampled_from("abc")), min_size=1, max_size=60))
def test_every_step_is_on_the_line_and_in_one_stop(told: list[tuple[float, str]]) -> None:
    steps = sorted((visit(days, channel) for days, channel in told), key=lambda step: step.at)
    line = journey_line(steps, NOW)
    assert sum(stop.visits for stop in line.stops) == len(steps)
    assert [*line.first, *line.between, *line.last] == list(line.stops)
    places = [float(point.x) for point in line.points]
    assert places == sorted(places)
    assert all(0 <= x <= WIDTH for x in places)
