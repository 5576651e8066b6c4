"""One lead's events page by page, and its journey."""

from datetime import timedelta

import pytest
from pipeline_cast import MONDAY, Installation, days, page, track, user

from leadline.eventstore.lead_timeline import Wanted
from leadline.pipeline.lead_journey import StepKind, journey
from leadline.pipeline.timelines import timeline, timeline_page

pytestmark = pytest.mark.django_db(transaction=True)
WHO = user("ada")


@pytest.fixture
def filled(place: Installation) -> int:
    events = [page(WHO, MONDAY + timedelta(minutes=minute // 3)) | {"messageId": f"m{minute}"} for minute in range(40)]
    quote = track(WHO, "Quote Requested", MONDAY + days(1), quote_id="q", seats=4)
    place.send(MONDAY + days(1), *events, quote)
    place.tick(MONDAY + days(1))
    return place.lead("user-ada").pk


def test_pages_of_a_timeline_are_the_timeline(place: Installation, filled: int) -> None:
    whole = timeline(place.engine, filled)
    found, before, skip = [], None, 0
    while part := timeline_page(place.engine, filled, Wanted(7, (), before, skip)):
        found += part
        skip = sum(each.occurred_at == part[-1].occurred_at for each in found)
        before = part[-1].occurred_at
    assert [each.occurred_at for each in found] == [each.occurred_at for each in whole]
    assert len(found) == 41


def test_a_timeline_can_be_of_one_kind(place: Installation, filled: int) -> None:
    (entry,) = timeline_page(place.engine, filled, Wanted(10, ("track",)))
    assert entry.name == "Quote Requested"


def test_a_journey_goes_from_the_first_touch_over_conversions_to_the_stage(place: Installation, filled: int) -> None:
    steps = journey(place.engine, filled)
    assert (steps[0].kind, steps[0].what) == (StepKind.VISIT, "Direct")
    assert [step.what for step in steps if step.kind is StepKind.CONVERSION] == ["Requested a quote for 4 seats"]
    assert steps[-1].kind is StepKind.STAGE
    assert [step.at for step in steps] == sorted(step.at for step in steps)
