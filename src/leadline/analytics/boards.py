"""Boards: reports side by side, kept under a name."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from leadline.accounts.models import User
from leadline.analytics.models import Board, Pin
from leadline.kernel.errors import NotFoundError, TerminalError

WEEKLY_REVIEW = "Weekly review"
WEEKLY_PINS: tuple[tuple[str, Mapping[str, str], str], ...] = (
    ("overview", {"period": "7d"}, "This week"),
    ("funnel", {"period": "30d"}, "From first visit to customer"),
    ("qualification", {"period": "12w"}, "Who qualifies"),
    ("attribution", {"period": "90d"}, "What brings leads"),
    ("retention", {"period": "12w"}, "Who comes back"),
    ("tool-usage", {"period": "30d"}, "Which tools are used"),
)
"""What the demonstration's board shows: report, what it is asked, title."""


def boards_for(user: User) -> QuerySet[Board]:
    """Shared ones and their own."""
    return Board.objects.filter(Q(shared=True) | Q(owner=user)).select_related("owner").order_by("name", "pk")


def board_for(user: User, number: int) -> Board:
    """One that they may see.

    Raises:
        NotFoundError: there is none, or it is somebody else's.
    """
    found = boards_for(user).filter(pk=number).first()
    if found is None:
        raise NotFoundError(f"There is no board {number}.")
    return found


def make_board(name: str, owner: User | None, *, shared: bool) -> Board:
    """A new one without reports.

    Raises:
        TerminalError: it has no name.
    """
    return Board.objects.create(name=_name(name), owner=owner, shared=shared)


def change_board(board: Board, name: str, *, shared: bool) -> None:
    """Name it anew, and let all or only its owner see it.

    Raises:
        TerminalError: it has no name, or nobody would see it any more.
    """
    if not shared and board.owner_id is None:
        raise TerminalError("This board has no owner, so it stays shared.", advice="Make one of your own.")
    board.name, board.shared = _name(name), shared
    board.save(update_fields=["name", "shared"])


@transaction.atomic
def pin(board: Board, report: str, wanted: Mapping[str, str], title: str = "") -> Pin:
    """Put a report at the end of a board."""
    last = board.pins.aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    return Pin.objects.create(board=board, position=position, report=report, wanted=dict(wanted), title=title[:160])


@transaction.atomic
def move(board: Board, number: int, steps: int) -> None:
    """Move a pin up (negative) or down; beyond an end it stays there.

    Raises:
        NotFoundError: the board has none of that number.
    """
    pins = list(board.pins.all())
    place = _place(pins, number)
    pins.insert(min(max(place + steps, 0), len(pins) - 1), pins.pop(place))
    for position, each in enumerate(pins):
        each.position = position
    Pin.objects.bulk_update(pins, ["position"])


def unpin(board: Board, number: int) -> Pin:
    """Take a report off a board.

    Raises:
        NotFoundError: the board has none of that number.
    """
    pins = list(board.pins.all())
    found = pins[_place(pins, number)]
    board.pins.filter(pk=number).delete()
    return found


def plant_weekly_review(known: Mapping[str, object]) -> Board:
    """The demonstration's board, of the reports that there are."""
    board, is_new = Board.objects.get_or_create(name=WEEKLY_REVIEW, defaults={"shared": True})
    for report, wanted, title in WEEKLY_PINS if is_new else ():
        if report in known:
            pin(board, report, wanted, title)
    return board


def _place(pins: list[Pin], number: int) -> int:
    for place, each in enumerate(pins):
        if each.pk == number:
            return place
    raise NotFoundError("This board has no such report any more.")


def _name(text: str) -> str:
    if not (name := " ".join(text.split())[:120]):
        raise TerminalError("A board needs a name.")
    return name
