"""One number everywhere: the overview, the trend, the command and the stored records tell the same."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from pipeline_cast import Installation, Message, identify, page, track, user, visitor

from leadline.analytics import changes
from leadline.analytics.metrics import FIXED
from leadline.analytics.report import Report, ValueKind
from leadline.pipeline.reports.measuring import all_measures
from leadline.pipeline.reports.running import report, run_report
from leadline.qualification.models import Transition
from leadline.tracking.models import Conversion, Lead

ZONE = "Europe/London"
START = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)  # the clocks go on at one o'clock on 29 March
NOW = datetime(2026, 4, 20, 9, 0, tzinfo=UTC)
PERIOD = {"period": "2026-03-23..2026-04-12", "zone": ZONE}
REPORTS = ("overview", "trend", "engagement", "stickiness", "tool-usage", "content-completion", "qualification",
           "time-in-stage", "conversion-rates", "what-changed")  # fmt: skip
OF_OVERVIEW = ("new-leads", "qualified-leads", "qualification-rate", "median-time-to-qualify", "revenue")


@pytest.fixture(scope="module")
def lived(shared_place: Installation) -> Installation:
    """Made once, for tests that only read."""
    _live(shared_place)
    return shared_place


def _live(place: Installation) -> None:
    """Five weeks: a visit a day, most of them of people who become known; some ask for a quote, some of these buy."""
    week: list[Message] = []
    for number in range(30):
        # Towards midnight in London, so that the date differs from the date in UTC once the clocks have gone on.
        at = START + timedelta(days=number, hours=14, minutes=20)
        who = user(str(number), str(number)) if number % 3 else visitor(str(number))
        messages = [page(who, at), page(who, at + timedelta(minutes=1), "/tools")]
        if number % 3:
            messages.append(identify(who, at + timedelta(minutes=2), email=f"p{number}@firm{number}.example"))
        if number % 4 == 1:
            quote = {"quote_id": f"q{number}", "seats": 4, "monthly_amount": 5000, "currency": "USD"}
            messages.append(track(who, "Quote Requested", at + timedelta(minutes=3), **quote))
        if number % 8 == 1:
            deal = {"deal_id": f"d{number}", "amount": 1000 + number, "currency": "USD"}
            messages.append(track(who, "Deal Won", at + timedelta(minutes=5), **deal))
        messages.append(track(who, "Tool Used", at + timedelta(minutes=4), tool="calculator", completed=True))
        week += messages
        if number % 6 == 5:
            place.receive(at + timedelta(minutes=10), *week)
            week = []
    place.tick(NOW)


def asked(place: Installation, name: str, **given: str) -> Report:
    return run_report(place.engine, name, {**PERIOD, **given}, now=NOW)


def in_period(at: datetime | None) -> bool:
    day = at.astimezone(ZoneInfo(ZONE)).date() if at else None
    return day is not None and "2026-03-23" <= day.isoformat() <= "2026-04-12"


def test_the_overview_the_trend_and_the_command_tell_the_same(lived: Installation) -> None:
    with time_machine.travel(NOW, tick=False):
        said: dict[str, Any] = report(lived.engine, "overview", PERIOD)
    commanded = {figure["name"]: figure["value"] for figure in said["figures"]}
    for name in OF_OVERVIEW:
        overview, trend = asked(lived, "overview").figure(name), asked(lived, "trend", metric=name).figure(name)
        assert (overview.value, overview.before, overview.kind) == (trend.value, trend.before, trend.kind)
        assert overview.definition == trend.definition
        assert commanded[name] == overview.value


def test_the_overview_agrees_with_the_records(lived: Installation) -> None:
    overview = asked(lived, "overview")
    first = {}
    for move in Transition.objects.filter(to_stage="qualified").order_by("at"):
        first.setdefault(move.lead_id, move.at)
    deals = [deal for deal in Conversion.objects.filter(name="won_deal") if in_period(deal.occurred_at)]
    known = [lead for lead in Lead.objects.filter(known=True, merged_into=None) if in_period(lead.first_seen_at)]
    assert overview.figure("qualified-leads").value == sum(map(in_period, first.values()))
    assert overview.figure("revenue").value == float(sum(deal.amount or 0 for deal in deals))
    assert overview.figure("new-leads").value == len(known)
    assert len(deals) > 1
    assert len(known) > 5


def test_a_trend_adds_up_to_its_figure(lived: Installation) -> None:
    for name in (measure.name for measure in FIXED if measure.adds):
        trend = asked(lived, "trend", metric=name, grain="day")
        told = [float(value or 0) for value in trend.table("trend").column(name.replace("-", "_"))]
        assert trend.figure(name).value == pytest.approx(sum(told)), name


def test_the_figures_of_tools_and_of_conversions_are_their_tables(lived: Installation) -> None:
    tools, rates = asked(lived, "tool-usage"), asked(lived, "conversion-rates")
    assert tools.figure("tool-uses").value == sum(tools.table("tools").column("uses"))
    deals = next(row for row in rates.table("conversions").records() if row["conversion"] == "Won deal")
    assert deals["value"] == asked(lived, "overview").figure("revenue").value


def test_qualified_within_a_fortnight_is_the_qualification_rate(lived: Installation) -> None:
    stages = asked(lived, "qualification").table("stages").records()
    rate = next(row["share_14"] for row in stages if row["stage"] == "qualified")
    assert rate == asked(lived, "overview").figure("qualification-rate").value


def test_a_cohort_that_is_too_young_has_no_number(lived: Installation) -> None:
    cohorts = [row for row in asked(lived, "qualification").table("cohorts").records() if row["stage"] == "qualified"]
    assert [row["within_14"] is None for row in cohorts] == [False, False, True]


def test_daily_activity_is_the_number_of_visitors(lived: Installation) -> None:
    days = asked(lived, "stickiness").table("days")
    trend = asked(lived, "trend", metric="visitors", grain="day").table("trend")
    assert days.column("active_day") == trend.column("visitors")


def test_what_changed_says_of_each_metric_what_its_numbers_are(
    lived: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FEWEST", "SOME"):
        monkeypatch.setattr(changes, name, 0)  # of few people
    monkeypatch.setattr(changes, "CLEAR", 0.01)
    found = asked(lived, "what-changed", period="2026-04-06..2026-04-12").table("changes")
    kinds = {measure.name: measure.kind for measure in all_measures(lived.engine.ruleset)}
    assert found.rows
    assert list(found.row_kinds) == [kinds[str(name)] for name in found.column("metric")]
    assert found.kinds(0)[2:5] == (found.row_kinds[0], found.row_kinds[0], ValueKind.SHARE)


def test_the_zone_decides_the_day(lived: Installation) -> None:
    """The last visit was on 14 April at 23:20 in UTC: in London, where the clocks have gone on, on the day after."""

    def visits(day: str, zone: str) -> object:
        return asked(lived, "trend", metric="sessions", period=f"{day}..{day}", zone=zone).figure("sessions").value

    assert (visits("2026-04-14", "UTC"), visits("2026-04-15", "UTC")) == (1, 0)
    assert (visits("2026-04-14", ZONE), visits("2026-04-15", ZONE)) == (1, 1)


def test_each_report_can_be_of_a_segment_and_told_as_json(lived: Installation) -> None:
    for name in REPORTS:
        nobody = asked(lived, name, segment="known=yes,grade=Z")
        assert nobody.as_dict()["kind"] == name
        assert all(value in (None, 0) for figure in nobody.figures for value in (figure.value, *figure.trend))


def test_a_report_of_nobody_says_so_and_does_not_fail(place: Installation) -> None:
    overview = run_report(place.engine, "overview", {}, now=NOW)
    assert overview.figure("new-leads").value == 0
    assert overview.figure("qualification-rate").value is None
