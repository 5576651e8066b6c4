"""How a subject request goes on, and by when it has to be answered. Pure.

```text
received --verify--> verified --begin--> working --finish----------------------> done
    |                    |               ^    |                                    ^
    |                    |             begin  +--make_ready--> ready --hand_over---+
    |                    |               +-----------------------+
    +------ refuse ------+---------------------------------------+--> refused
```

Access and portability are answered when the person has the answer: until then it is ready, and the request open.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from leadline.kernel.errors import TerminalError

RECEIVED, VERIFIED, WORKING, READY = "received", "verified", "working", "ready"
DONE, REFUSED = "done", "refused"
"""The values of `SubjectRequest.State`."""
OPEN = (RECEIVED, VERIFIED, WORKING, READY)
OPT_OUT = "opt_out"
MONTHS, MONTHS_EXTENDED = 1, 3
"""GDPR art. 12(3): one month from receipt, and two more where a request is complex."""
OPT_OUT_DAYS = 15
"""California, 11 CCR section 7026(f): business days from receipt, and no longer. The 45 days that CCPA gives for the
other kinds (Civil Code 1798.130(a)(2)) are longer than GDPR's month, which holds here for everybody."""
SATURDAY = 5


class Act(StrEnum):
    """What is done to a request."""

    VERIFY = "verify"
    BEGIN = "begin"
    FINISH = "finish"
    MAKE_READY = "make_ready"
    HAND_OVER = "hand_over"
    REFUSE = "refuse"


MOVES: Mapping[tuple[str, Act], str] = {
    (RECEIVED, Act.VERIFY): VERIFIED,
    (RECEIVED, Act.REFUSE): REFUSED,
    (VERIFIED, Act.REFUSE): REFUSED,
    (VERIFIED, Act.BEGIN): WORKING,
    (WORKING, Act.BEGIN): WORKING,  # again, after a crash
    (WORKING, Act.FINISH): DONE,
    (WORKING, Act.MAKE_READY): READY,
    (READY, Act.BEGIN): WORKING,  # anew: it is about somebody else, or they are gone meanwhile
    (READY, Act.HAND_OVER): DONE,
    (READY, Act.REFUSE): REFUSED,
}
WHY_NOT: Mapping[Act, str] = {
    Act.VERIFY: "Its identity check is over.",
    Act.BEGIN: "Who asks was not checked yet, or it is over.",
    Act.FINISH: "It was not begun.",
    Act.MAKE_READY: "It was not begun.",
    Act.HAND_OVER: "There is no answer that waits to be handed over.",
    Act.REFUSE: "It is being carried out, or over.",
}


class WrongStateError(TerminalError):
    """A request can't go on like that from where it is."""

    code = "wrong_state"


def next_state(state: str, act: Act) -> str:
    """Where a request is after an act.

    Raises:
        WrongStateError: it can't be done from there.
    """
    if (state, act) not in MOVES:
        raise WrongStateError(
            f"This request is {state}. {WHY_NOT[act]}", advice="See it: leadline privacy request show"
        )
    return MOVES[state, act]


def due_at(kind: str, received_at: datetime) -> datetime:
    """By when a request of a kind is to be answered; both aware, in UTC."""
    return _business_days_later(received_at, OPT_OUT_DAYS) if kind == OPT_OUT else months_later(received_at, MONTHS)


def extended_to(kind: str, received_at: datetime, due: datetime, now: datetime) -> datetime:
    """By when it is to be answered once it was extended.

    Raises:
        WrongStateError: it was extended already, the month is over, or the law gives no longer.
    """
    longest = months_later(received_at, MONTHS_EXTENDED)
    if kind == OPT_OUT:
        raise WrongStateError("An opt-out can't be extended.", advice="Carry it out.")
    if due >= longest:
        raise WrongStateError("It was extended already.", advice="Carry it out, or refuse it with the reason.")
    if now > due:
        raise WrongStateError("The month is over: they had to be told within it.", advice="Carry it out now.")
    return longest


def months_later(moment: datetime, months: int) -> datetime:
    """The same day so many calendar months later, or the last day of a month that has no such day."""
    ahead = moment.month - 1 + months
    first = moment.replace(year=moment.year + ahead // 12, month=ahead % 12 + 1, day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    return first.replace(day=min(moment.day, (after - timedelta(days=1)).day))


def _business_days_later(moment: datetime, days: int) -> datetime:
    """Mondays to Fridays are counted; holidays too, so that it never comes out too late."""
    while days:
        moment += timedelta(days=1)
        days -= moment.weekday() < SATURDAY
    return moment
