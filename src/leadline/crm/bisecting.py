"""Which rows of a batch that was refused as a whole are to blame: halves are sent until they stand alone."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from leadline.crm.errors import RejectedError, RemoteTransientError
from leadline.crm.records import Outcome, Sent

Row = TypeVar("Row")


def bisected(rows: Sequence[Row], send: Callable[[Sequence[Row]], Sequence[Sent]]) -> list[Sent]:
    """What became of each row, in order. n rows with b bad ones take at most 1 + 2 b (1 + log2 n) calls.

    Raises:
        RemoteTransientError: the first call got no answer. When a later one does not, its rows are for LATER, and
            those of the calls before it keep their answers.
        ValueError: an answer has another number of rows.
    """
    try:
        return _answers(rows, send)
    except RejectedError as error:
        if len(rows) == 1:
            return [refusal(error)]
        middle = len(rows) // 2
        return [answer for half in (rows[:middle], rows[middle:]) for answer in _half(half, send)]


def refusal(error: RejectedError) -> Sent:
    """What a call that was refused says of its only row."""
    return Sent(Outcome.REFUSED, code=error.vendor_code, message=error.message, advice=error.advice)


def _half(rows: Sequence[Row], send: Callable[[Sequence[Row]], Sequence[Sent]]) -> list[Sent]:
    try:
        return bisected(rows, send)
    except RemoteTransientError as error:
        later = Sent(Outcome.LATER, code=error.vendor_code, message=error.message, advice=error.advice)
        return [later] * len(rows)


def _answers(rows: Sequence[Row], send: Callable[[Sequence[Row]], Sequence[Sent]]) -> list[Sent]:
    answers = list(send(rows))
    if len(answers) != len(rows):
        raise ValueError(f"{len(rows)} rows were sent and {len(answers)} answers came back.")
    return answers
