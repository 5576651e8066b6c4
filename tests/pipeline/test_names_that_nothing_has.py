"""A name in what a report is asked that nothing has is told, or refused: it is never a silent zero."""

from datetime import timedelta

import pytest
from pipeline_cast import MONDAY, Installation, days, page, track, user

from leadline.analytics.parameter_error import ParameterError
from leadline.analytics.report import Report
from leadline.analytics.sharing import without_people
from leadline.pipeline.reports.running import run_report

pytestmark = pytest.mark.django_db
PERIOD = {"period": "2026-05-04..2026-05-10"}


@pytest.fixture
def filled(place: Installation) -> Installation:
    """Somebody looks at prices and signs up."""
    place.receive(
        MONDAY + days(1), page(user("ada"), MONDAY), track(user("ada"), "Signed Up", MONDAY + timedelta(minutes=1))
    )
    return place


def asked(place: Installation, kind: str, **given: str) -> Report:
    return run_report(place.engine, kind, {**PERIOD, **given}, now=MONDAY + days(6), fresh=True)


@pytest.mark.parametrize(
    ("kind", "given", "note"),
    [
        ("funnel", {"steps": "Singed Up"}, "No event named 'Singed Up' has ever come in; did you mean 'Signed Up'?"),
        ("funnel", {"steps": "signed up"}, "No event named 'signed up' has ever come in; did you mean 'Signed Up'?"),
        ("funnel", {"steps": "Zebra > any"}, "No event named 'Zebra' has ever come in."),
        ("funnel", {"steps": "any", "exclude": "Zebra{a=1,b=2}"}, "No event named 'Zebra' has ever come in."),
        ("drop-off", {"steps": "Page /pricng > any"}, "No page '/pricng' has ever come in; did you mean '/pricing'?"),
        ("retention", {"back": "Page /blog/*"}, "No page '/blog/*' has ever come in."),
        ("journeys", {"anchor": "Sign Up"}, "No event named 'Sign Up' has ever come in; did you mean 'Signed Up'?"),
    ],
)  # fmt: skip
def test_what_never_came_in_is_told_with_what_was_meant(
    filled: Installation, kind: str, given: dict[str, str], note: str
) -> None:
    assert asked(filled, kind, **given).notes[0] == note


@pytest.mark.parametrize(
    "steps", ["Signed Up > any", "Page /pricing", "Page /pri*", "Page > conversion:quote_requested"]
)
def test_of_what_came_in_and_what_is_defined_nothing_is_told(filled: Installation, steps: str) -> None:
    assert asked(filled, "funnel", steps=steps, window="1h").notes == ()


@pytest.mark.parametrize(
    ("step", "advice"),
    [("conversion:quote", "There are: .*quote_requested"), ("stage:qualifed", "There are: .*qualified")],
)
def test_conversions_and_stages_are_closed_lists(filled: Installation, step: str, advice: str) -> None:
    with pytest.raises(ParameterError, match=advice):
        asked(filled, "funnel", steps=step)


@pytest.mark.parametrize("kind", ["overview", "funnel", "attribution", "stickiness"])
@pytest.mark.parametrize(
    ("segment", "note"),
    [
        ("channel=Paid serch", "Nobody has the channel 'Paid serch'; did you mean 'Paid search'?"),
        ("grade!=Z", "Nobody has the grade 'Z'."),
        ("landing=/pricing/", "Nobody has the landing page '/pricing/'; did you mean '/pricing'?"),
    ],
)
def test_a_value_that_nobody_has_is_told(filled: Installation, kind: str, segment: str, note: str) -> None:
    assert note in asked(filled, kind, segment=segment).notes


@pytest.mark.parametrize("segment", ["channel=paid search", "grade=A", "landing=/PRICING", "owner=", "channel=Direct|"])
def test_a_value_that_somebody_has_or_that_is_defined_is_not(filled: Installation, segment: str) -> None:
    assert asked(filled, "overview", segment=segment).personal_notes == ()


def test_the_name_of_a_company_is_told_to_who_asked_and_not_on_a_shared_page(filled: Installation) -> None:
    found = asked(filled, "overview", segment="company=Jane & Co")
    assert found.notes[0] == "Nobody has the company 'Jane & Co'."
    assert "Jane" not in str(without_people(found))


@pytest.mark.parametrize(
    ("given", "note"),
    [
        ({"channel": "paid search"}, "No touch has the channel 'paid search'; did you mean 'Paid search'?"),
        ({"channel": "zz", "dimension": "landing"}, "No touch has the landing page 'zz'."),
    ],
)
def test_paths_through_what_no_touch_has_are_told(filled: Installation, given: dict[str, str], note: str) -> None:
    assert asked(filled, "conversion-paths", **given).notes == (note,)
    assert asked(filled, "conversion-paths", channel="Paid search").notes == ()
