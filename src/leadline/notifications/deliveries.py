"""What becomes of notices on their way out: claimed, handed over by somebody else, and settled by what came of it.

A notice is `due`, then `sending` before anything leaves, then what its outcome says. After a crash what is `sending`
may have left or not: docs/why/notifications.md says what happens then.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from leadline.kernel.errors import NotFoundError
from leadline.notifications.addresses import Address, address_of
from leadline.notifications.models import Channel, Notice
from leadline.notifications.notices import hours_of
from leadline.notifications.refusals import skip_refused
from leadline.notifications.services import Fate, Outcome
from leadline.notifications.templates import Message
from leadline.notifications.wording import together

TOGETHER = 5
"""More than so many that wait at once go as one message, so that an outage ends in no flood."""
MOST = 50
"""In one message."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""Between attempts; what fails once more after the last is given up."""
KEPT_WAITING = timedelta(days=7)
KEPT = timedelta(days=90)
STOPPED_KEYED = "Leadline stopped while this was sent. It is sent again under the same id."
STOPPED = "Leadline stopped while this was sent: it may have arrived. Send it again if it did not."
WAITED = "It waited for a week and is too old now."
WORDS = 300
State = Notice.State


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message to hand over: plain data, for a thread that knows no database.

    Attributes:
        key: names the message to whoever receives it.
        notices: their numbers.
    """

    key: str
    channel: int
    address: Address
    private_allowed: bool
    message: Message
    notices: tuple[int, ...]


def open_channels(now: datetime) -> list[Channel]:
    """Channels that something waits for and that may be sent to now: not quiet, not in the pause after a failure."""
    waiting = Notice.objects.filter(state=State.DUE, due_at__lte=now).values_list("channel", flat=True).distinct()
    rows = Channel.objects.filter(pk__in=list(waiting), enabled=True).order_by("pk")
    return [row for row in rows if not _rests(row, now)]


def _rests(channel: Channel, now: datetime) -> bool:
    return bool(channel.closed_until and channel.closed_until > now) or hours_of(channel).is_quiet(now)


def claim(channel: Channel, now: datetime) -> Parcel | None:
    """The next message to a channel, marked as being sent. None when nothing waits that may be sent, or somebody else
    has it."""
    skip_refused(channel)
    with transaction.atomic():
        rows = _next(channel, now)
        key = rows[0].parcel or parcel_key(rows) if rows else ""
        claimed = Notice.objects.filter(pk__in=[row.pk for row in rows], state=State.DUE)
        if not rows or claimed.update(**_claimed(key, now)) != len(rows):
            transaction.set_rollback(True)
            return None
    return parcel_of(channel, rows, key)


def _claimed(key: str, now: datetime) -> dict[str, object]:
    return {"state": State.SENDING, "parcel": key, "claimed_at": now, "attempts": F("attempts") + 1, "message": ""}


def _next(channel: Channel, now: datetime) -> list[Notice]:
    """What goes together: what did before, a whole digest, or more than TOGETHER that wait; else the first."""
    due = Notice.objects.filter(channel=channel, state=State.DUE, due_at__lte=now).order_by("at", "pk")
    rows = list(due[:MOST])
    if again := [row for row in rows if row.parcel]:
        return list(due.filter(parcel=again[0].parcel))
    digest = [row for row in rows if row.digest]
    single = [row for row in rows if not row.digest]
    return digest or (single if len(single) > TOGETHER else single[:1])


def parcel_key(rows: Sequence[Notice]) -> str:
    """The same for the same notices, and another one when somebody sends them again on purpose."""
    told = "\n".join(f"{row.key} {row.resends}" for row in rows)
    return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()


def parcel_of(channel: Channel, rows: Sequence[Notice], key: str) -> Parcel:
    """What is handed over."""
    message = together([Message(str(row.subject), str(row.body)) for row in rows])
    address = address_of(channel.address, channel.service)
    return Parcel(key, channel.pk, address, channel.private_allowed, message, tuple(row.pk for row in rows))


@transaction.atomic
def settle(parcel: Parcel, outcome: Outcome, now: datetime) -> None:
    """Write down what came of it. What may have arrived is sent again only where the receiver can tell."""
    rows = Notice.objects.filter(pk__in=parcel.notices, state=State.SENDING, parcel=parcel.key)
    words = outcome.words[:WORDS]
    if outcome.fate is Fate.SENT:
        rows.update(state=State.SENT, sent_at=now, message="")
        _channel(parcel).update(last_sent_at=now, trouble="", failures=0, closed_until=None)
    elif outcome.fate is Fate.UNSURE and not parcel.address.keyed:
        rows.update(state=State.UNSURE, message=f"{words} It may have arrived: send it again if it did not.")
        _channel(parcel).update(trouble=words)
    elif outcome.fate is Fate.REFUSED:
        rows.update(state=State.FAILED, message=words)
        _channel(parcel).update(trouble=words)
    else:
        _try_again(parcel, rows, words, now)


def _try_again(parcel: Parcel, rows: QuerySet[Notice], words: str, now: datetime) -> None:
    """Later; what failed too often is given up, and the channel rests, so that one attempt shows that it is back."""
    rows.filter(rule=None).update(state=State.FAILED, message=words)  # a test: somebody waits for its answer
    rows.filter(attempts__gt=len(PAUSES)).update(state=State.FAILED, message=f"{words} Given up.")
    failures = _channel(parcel).values_list("failures", flat=True).get()
    until = now + PAUSES[min(failures, len(PAUSES) - 1)]
    rows.update(state=State.DUE, due_at=until, message=words)
    _channel(parcel).update(trouble=words, failures=failures + 1, closed_until=until)


def _channel(parcel: Parcel) -> QuerySet[Channel]:
    return Channel.objects.filter(pk=parcel.channel)


@transaction.atomic
def recover(now: datetime) -> int:
    """To be called when a process begins to send: what another one was sending when it ended. Returns how many."""
    rows = list(Notice.objects.filter(state=State.SENDING).select_related("channel"))
    keyed = [row.pk for row in rows if address_of(row.channel.address, row.channel.service).keyed]
    others = Notice.objects.filter(pk__in=[row.pk for row in rows]).exclude(pk__in=keyed)
    Notice.objects.filter(pk__in=keyed).update(state=State.DUE, due_at=now, message=STOPPED_KEYED)
    others.update(state=State.UNSURE, message=STOPPED)
    return len(rows)


def let_go(now: datetime) -> int:
    """Give up what waits for a week: no mail server was set up, or a channel is off. Of what was sent, or was
    not, the log keeps 90 days: it names people."""
    Notice.objects.filter(created_at__lt=now - KEPT).exclude(state__in=(State.DUE, State.SENDING)).delete()
    old = Notice.objects.filter(state=State.DUE, due_at__lt=now - KEPT_WAITING)
    return old.update(state=State.SKIPPED, message=WAITED)


def resend(number: int, now: datetime) -> Notice:
    """Let a notice go out once more, by itself and at once, whatever became of it.

    Raises:
        NotFoundError: there is none of that number.
    """
    rows = Notice.objects.filter(pk=number)
    again = rows.exclude(state__in=(State.DUE, State.SENDING))
    fresh = {"state": State.DUE, "due_at": now, "attempts": 0, "parcel": "", "digest": False, "message": ""}
    if again.update(**fresh, resends=F("resends") + 1):
        Channel.objects.filter(notices=number).update(closed_until=None)
    found = rows.select_related("channel", "rule").first()
    if found is None:
        raise NotFoundError(f"There is no notice {number}.", advice="See them: leadline notify log.")
    return found
