"""Boards: who sees which, pinning, moving, removing."""

import pytest
import report_cast
import web_cast as cast
from django.test import Client
from web_cast import signed_in

from leadline.accounts.models import User
from leadline.analytics import boards
from leadline.analytics.models import Board
from leadline.kernel.errors import TerminalError
from leadline.pipeline.reports.catalogue import kinds

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sounding(monkeypatch: pytest.MonkeyPatch) -> None:
    report_cast.register(monkeypatch)


def titles(board: Board) -> list[str]:
    return [pin.title for pin in board.pins.all()]


def filled(*names: str) -> Board:
    board = boards.make_board("Weekly", None, shared=True)
    for name in names:
        boards.pin(board, "sounding", {"period": "7d"}, name)
    return board


def test_a_report_is_pinned_to_a_new_board_as_it_was_asked(marketing_browser: Client) -> None:
    page = marketing_browser.get("/boards/pin?report=sounding&period=90d&grain=week").content.decode()
    assert '<input type="hidden" name="grain" value="week">' in page
    asked = {"report": "sounding", "period": "90d", "grain": "week", "board": "new", "name": "Depths", "shared": "on"}
    response = marketing_browser.post("/boards/pin", asked)
    (board,) = Board.objects.all()
    assert response.headers["Location"] == f"/boards/{board.pk}"
    assert board.pins.get().wanted == {"period": "90d", "grain": "week"}
    page = marketing_browser.get(f"/boards/{board.pk}").content.decode()
    assert "period=90d&amp;grain=week" in page
    assert "90 days" in page


def test_what_cannot_be_asked_is_not_pinned(marketing_browser: Client) -> None:
    response = marketing_browser.post("/boards/pin", {"report": "sounding", "period": "often", "name": "X"})
    assert response.status_code == 422
    assert not Board.objects.exists()
    assert marketing_browser.post("/boards/pin", {"report": "sounding", "name": "  "}).status_code == 422
    steps = marketing_browser.post("/boards/pin", {"report": "funnel", "steps": "Tool Used{", "name": "X"})
    assert steps.status_code == 422
    assert "is no step" in steps.content.decode()
    assert not Board.objects.exists()


def test_reports_move_and_stay_within_the_board(marketing_browser: Client) -> None:
    board = filled("a", "b", "c")
    first, _, last = board.pins.all()
    marketing_browser.post(f"/boards/{board.pk}/pins/{last.pk}/move", {"to": "up"})
    assert titles(board) == ["a", "c", "b"]
    marketing_browser.post(f"/boards/{board.pk}/pins/{first.pk}/move", {"to": "up"})
    assert titles(board) == ["a", "c", "b"]
    marketing_browser.post(f"/boards/{board.pk}/pins/{first.pk}/move", {"to": "down"})
    assert titles(board) == ["c", "a", "b"]


def test_what_is_taken_off_can_be_put_back(marketing_browser: Client) -> None:
    board = filled("a", "b")
    page = marketing_browser.post(f"/boards/{board.pk}/pins/{board.pins.first().pk}/remove").content.decode()
    assert titles(board) == ["b"]
    assert "“a” was taken off" in page
    back = {"report": "sounding", "board": str(board.pk), "title": "a", "period": "7d"}
    marketing_browser.post("/boards/pin", back)
    assert titles(board) == ["b", "a"]


def test_a_board_of_ones_own_is_seen_by_nobody_else(marketing_browser: Client) -> None:
    marketing_browser.post("/boards/new", {"name": "Mine"})
    board = Board.objects.get()
    assert marketing_browser.get(f"/boards/{board.pk}").status_code == 200
    other = signed_in(cast.user(User.Role.MARKETING))
    assert other.get(f"/boards/{board.pk}").status_code == 404
    assert "Mine" not in other.get("/boards").content.decode()
    marketing_browser.post(f"/boards/{board.pk}/settings", {"name": "Ours", "shared": "on"})
    assert "Ours" in other.get("/boards").content.decode()


def test_a_board_without_an_owner_stays_shared() -> None:
    with pytest.raises(TerminalError, match="stays shared"):
        boards.change_board(filled(), "Mine", shared=False)


def test_a_board_is_removed_by_typing_its_name(marketing_browser: Client) -> None:
    board = filled("a")
    assert marketing_browser.post(f"/boards/{board.pk}/remove", {"confirm": "weekly?"}).status_code == 422
    assert Board.objects.exists()
    marketing_browser.post(f"/boards/{board.pk}/remove", {"confirm": "Weekly"})
    assert not Board.objects.exists()


def test_sales_read_shared_boards_and_change_none(browser: Client) -> None:
    board = filled("a")
    page = browser.get(f"/boards/{board.pk}").content.decode()
    assert "/pins/" not in page
    assert "hx-get" in page
    assert browser.post("/boards/new", {"name": "X"}).status_code == 403
    assert browser.post(f"/boards/{board.pk}/remove", {"confirm": "Weekly"}).status_code == 403


def test_a_pinned_report_that_is_no_more_says_so(marketing_browser: Client) -> None:
    board = boards.make_board("Old", None, shared=True)
    boards.pin(board, "gone", {}, "")
    assert "There is no report “gone” any more" in marketing_browser.get(f"/boards/{board.pk}").content.decode()


def test_the_demonstrations_board_is_planted_once_with_reports_that_there_are() -> None:
    board = boards.plant_weekly_review(kinds())
    boards.plant_weekly_review(kinds())
    assert Board.objects.get() == board
    pinned = {pin.report for pin in board.pins.all()}
    assert pinned == {name for name, _, _ in boards.WEEKLY_PINS} & set(kinds())
    assert len(pinned) > 2
