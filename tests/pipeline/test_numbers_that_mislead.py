"""What would make a number wrong, a report fail, or a shared page name somebody: each was so once."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from pipeline_cast import MONDAY, Installation, days, hours, page, track, user

from leadline.analytics.models import Board, Pin, Spend
from leadline.analytics.report import Report
from leadline.analytics.sharing import without_people
from leadline.pipeline.letters.boards import answer_board
from leadline.pipeline.money import rates_import, spend_import
from leadline.pipeline.reports.running import run_report
from leadline.pipeline.reports.shelf import ReportShelf

pytestmark = pytest.mark.django_db(transaction=True)
NOW = MONDAY + days(10)
PERIOD = {"period": "2026-05-01..2026-05-31"}
SPENT = "day,channel,campaign,amount,currency\n2026-05-05,Paid search,,100,USD\n"


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path)
    yield made
    made.engine.close()


def asked(installation: Installation, kind: str, **wanted: str) -> Report:
    return run_report(installation.engine, kind, {**PERIOD, **wanted}, NOW, fresh=True)


def deal(name: str, amount: int, currency: str) -> dict[str, object]:
    return track(user(name), "Deal Won", MONDAY + hours(2), deal_id=name, amount=amount, currency=currency)


@pytest.mark.parametrize("by", ["owner", "property:referrer"])
def test_a_shared_funnel_is_not_told_apart_by_what_may_name_somebody(installation: Installation, by: str) -> None:
    installation.receive(NOW, track(user("a"), "Signed Up", MONDAY, referrer="Jane Doe"))
    whole = asked(installation, "funnel", steps="Signed Up > Tool Used", by=by)
    assert whole.table("groups").rows
    shared = without_people(whole)
    assert [table.name for table in shared.tables] == ["steps"]
    assert [wish.table for wish in shared.charts] == ["steps"]


def test_a_shared_funnel_is_told_apart_by_channel(installation: Installation) -> None:
    installation.receive(NOW, page(user("a"), MONDAY))
    shared = without_people(asked(installation, "funnel", steps="Page > Tool Used", by="channel"))
    assert [table.name for table in shared.tables] == ["steps", "groups"]


@pytest.mark.parametrize(("personal", "told"), [(True, "only company=Jane & Co"), (False, "only some people")])
def test_whom_a_board_is_of_is_told_to_users_alone(installation: Installation, personal: bool, told: str) -> None:
    board = Board.objects.create(name="Sales")
    for place, segment in enumerate(("company=Jane & Co", "company=Jane & Co,nonsense=1")):
        Pin.objects.create(board=board, position=place, report="overview", wanted={"segment": segment})
    right, wrong = answer_board(installation.engine, board, NOW, personal=personal).pins
    assert right.period.endswith(told)
    assert ("nonsense" in wrong.trouble) is personal


def test_a_shared_report_says_that_it_is_of_some_people_and_not_of_whom(installation: Installation) -> None:
    shared = without_people(asked(installation, "overview", segment="company=Jane & Co"))
    assert "some people only" in shared.notes[-1]
    assert "Jane" not in str(shared)
    assert without_people(asked(installation, "overview")).notes == ()


def test_money_that_is_left_out_is_told_of_the_people_of_the_report(installation: Installation) -> None:
    installation.receive(
        NOW, page(user("a"), MONDAY), page(user("b"), MONDAY), deal("a", 10, "XTS"), deal("b", 10, "XTS")
    )
    segment = f"lead={installation.lead('user-a').pk}"
    for kind in ("revenue", "attribution", "conversion-paths", "channel-costs", "cohorts-revenue"):
        notes = asked(installation, kind, segment=segment).notes
        assert [note for note in notes if "XTS" in note] == [
            "1 deal in XTS has no rate; the money of it is left out."
        ], kind


def test_one_absurd_amount_at_a_high_rate_breaks_no_report(installation: Installation) -> None:
    rates_import(installation.engine, "currency,day,rate\nKWD,2026-01-01,55000\n")
    installation.receive(NOW, page(user("a"), MONDAY), deal("a", 9_999_999_999_999, "KWD"))
    assert asked(installation, "overview").figure("revenue").value == pytest.approx(9_999_999_999_999 * 55_000)


def test_months_ahead_have_no_revenue_rather_than_none_made(installation: Installation) -> None:
    installation.receive(NOW, page(user("a"), MONDAY), deal("a", 10, "USD"))
    months = asked(installation, "revenue", period="2026-05-01..2026-07-31").table("months")
    assert months.rows == ((date(2026, 5, 1), 1, 10.0, 10.0),)
    assert all(isinstance(deals, int) for deals in months.column("deals"))


def test_costs_of_some_people_say_that_spend_is_of_all(installation: Installation) -> None:
    installation.receive(NOW, page(user("a"), MONDAY))
    spend_import(installation.engine, SPENT)
    assert Spend.objects.count() == 1
    assert not any("everybody" in note for note in asked(installation, "channel-costs").notes)
    notes = asked(installation, "channel-costs", segment="known=yes").notes
    assert "Spend is that for everybody, not only for these people: costs and return are not theirs alone." in notes


def test_what_is_computed_while_reports_are_let_go_is_not_kept() -> None:
    shelf, key = ReportShelf(), ("channel-costs", None, MONDAY.date(), ())
    found = Report("channel-costs", "?", "?", {}, MONDAY)
    before = shelf.cleared
    shelf.clear()  # spend came in: the report was computed without it
    shelf.keep(key, (1,), found, before)
    assert shelf.find(key, MONDAY + timedelta(days=1), lambda: (1,)) is None
    shelf.keep(key, (1,), found, shelf.cleared)
    assert shelf.find(key, MONDAY + timedelta(days=1), lambda: (1,)) is found
