"""The tracking plan at work in an installation: how it is broken, and a first one from what has arrived."""

from datetime import timedelta
from typing import Any

import pytest
from pipeline_cast import MONDAY, Installation, days, track, user
from time_machine import travel

from leadline.kernel.errors import NotFoundError
from leadline.pipeline.plans import breaches, plan_infer, plan_violations
from leadline.tracking.plan_document import load_plan


def tool(number: int, at: Any = MONDAY, **properties: object) -> dict[str, Any]:
    return track(user("ann"), "Tool Used", at + timedelta(seconds=number), tool="cost", completed=True, **properties)


def test_breaches_of_several_days_are_one_row_with_the_latest_example(place: Installation) -> None:
    place.receive(MONDAY, tool(1, extra=1), track(user("ann"), "Tool Used", MONDAY, tool="cost"))
    place.receive(MONDAY + days(10), tool(1, MONDAY + days(10), extra=1), tool(2, MONDAY + days(10), extra=2))
    extra, missing = breaches("", MONDAY + days(12))
    assert (extra.kind, extra.property, extra.week, extra.month) == ("Additional-Properties", "extra", 2, 3)
    assert extra.last_seen_at == MONDAY + days(10)
    assert (missing.kind, missing.week, missing.month, missing.blocked) == ("Required-Missing", 0, 1, 1)
    assert breaches("", MONDAY + days(41)) == []


def test_breaches_of_one_source(place: Installation) -> None:
    place.receive(MONDAY, tool(1, extra=1))
    place.use_source("crm")
    place.receive(MONDAY, track(user("ann"), "Unheard Of", MONDAY))
    assert [each.event for each in breaches("crm", MONDAY)] == ["Unheard Of"]
    assert len(breaches("", MONDAY)) == 2


def test_the_command_tells_them_as_json(place: Installation) -> None:
    place.receive(MONDAY, tool(1, extra=1))
    with travel(MONDAY, tick=False):
        (row,) = plan_violations(place.engine, "website")
    assert row == {
        "source": "website",
        "event": "Tool Used",
        "kind": "Additional-Properties",
        "property": "extra",
        "text": "extra is not in the plan",
        "week": 1,
        "month": 1,
        "blocked": 0,
        "last_seen_at": MONDAY.isoformat(),
    }


def test_a_first_plan_is_made_from_the_stored_events(place: Installation) -> None:
    place.receive(MONDAY, *(tool(number) for number in range(60)), track(user("ann"), "Left", MONDAY))
    place.use_source("crm")
    place.receive(MONDAY, track(user("ann"), "Deal Won", MONDAY, deal_id="d1"))
    with travel(MONDAY + days(1), tick=False):
        made = plan_infer(place.engine, "website")
        assert set(load_plan(plan_infer(place.engine)["document"]).events) == {"Tool Used", "Left", "Deal Won"}
    plan = load_plan(made["document"])
    assert (made["events"], made["names"], plan.name) == (61, 2, "website")
    rule = plan.events["Tool Used"].properties
    assert (rule["tool"].type, rule["tool"].required, rule["tool"].values) == ("string", True, ("cost",))
    assert (rule["completed"].type, plan.events["Left"].properties) == ("boolean", {})


def test_without_events_there_is_nothing_to_make_one_from(place: Installation) -> None:
    place.receive(MONDAY, tool(1))
    with travel(MONDAY + days(40), tick=False), pytest.raises(NotFoundError, match="No track event came in 30 days"):
        plan_infer(place.engine)
    with pytest.raises(NotFoundError, match="no source 'shop'"):
        plan_infer(place.engine, "shop")
