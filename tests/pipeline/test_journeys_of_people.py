"""Journeys tell what people did, not what the tracker or a CRM tells of them."""

from datetime import timedelta

import pytest
from pipeline_cast import MONDAY, Installation, days, track, user

from leadline.pipeline.reports.running import run_report

pytestmark = pytest.mark.django_db
PERIOD = {"period": "2026-05-04..2026-05-10"}
STEPS = ("Signed Up", "Page Engaged", "Tool Used", "Lead Contacted", "Opportunity Opened")
FACTS = {"plan": "pro", "engaged_ms": 9000, "tool": "quiz", "completed": True, "opportunity_id": "o1"}


def paths(place: Installation, **asked: str) -> list[object]:
    report = run_report(place.engine, "journeys", {**PERIOD, "of": "events", **asked}, MONDAY + days(6))
    return [row[0] for row in report.table("paths").rows]


def test_what_is_told_of_somebody_is_no_step_unless_it_is_asked_for(place: Installation) -> None:
    minute = timedelta(minutes=1)
    did = [track(user("ada"), name, MONDAY + number * minute, **FACTS) for number, name in enumerate(STEPS)]
    place.receive(MONDAY + days(6), *did)
    assert paths(place) == ["Signed Up > Tool Used"]
    every = "Signed Up > Tool Used > Lead Contacted > Opportunity Opened"
    assert paths(place, exclude="Page Engaged") == [every]
    assert paths(place, anchor="Opportunity Opened", side="end") == ["Signed Up > Tool Used > Opportunity Opened"]
