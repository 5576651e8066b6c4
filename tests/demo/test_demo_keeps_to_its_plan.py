"""The demonstration sends what its tracking plan lists, and nothing else."""

from leadline.demo.messages import SimulatedRequest
from leadline.tracking.plan_document import bundled_plan, read_plan


def test_no_named_event_breaks_the_plan(requests: list[SimulatedRequest]) -> None:
    plan = read_plan(bundled_plan("offshore-staffing"))
    tracked = [each.message for each in requests if each.message["type"] == "track" and each.message.get("event")]
    assert len(tracked) > 100
    found = [violation for each in tracked for violation in plan.violations(each["event"], each["properties"])]
    assert found == []
