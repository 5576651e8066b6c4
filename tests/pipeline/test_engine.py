"""What an engine is wired of: the ruleset in force, and the tracking plan that belongs to it."""

from typing import Any

import pytest
from pipeline_cast import MONDAY, Installation, track, user

from leadline.kernel.errors import ConfigurationError
from leadline.pipeline.engine import plan_beside
from leadline.pipeline.rulesets import publish
from leadline.scoring.service import find_document


def test_the_default_ruleset_comes_with_its_tracking_plan(place: Installation) -> None:
    assert place.engine.plan.name == "offshore-staffing"
    assert place.receive(MONDAY, track(user("ada"), "Quiz Completed", MONDAY)).quarantined == 1


def test_another_platforms_events_are_not_refused_for_the_default_plan(place: Installation) -> None:
    publish(place.engine, find_document("course-platform"), by="ada", why="Another platform.", confirm=True)
    assert not place.engine.plan.events
    report = place.receive(MONDAY, track(user("ada"), "Quiz Completed", MONDAY, content_id="quiz-1"))
    assert (report.stored, report.quarantined) == (1, 0)
    assert (place.total("user-ada") or 0) > 0


def test_a_plan_that_is_named_is_the_plan_whatever_the_ruleset(place: Installation, settings: Any) -> None:
    publish(place.engine, find_document("course-platform"), by="ada", why="Another platform.", confirm=True)
    settings.PLAN = "offshore-staffing"
    assert plan_beside(place.engine.ruleset).events
    settings.PLAN = "no-such-plan"
    with pytest.raises(ConfigurationError, match="no tracking plan 'no-such-plan'"):
        plan_beside(place.engine.ruleset)
