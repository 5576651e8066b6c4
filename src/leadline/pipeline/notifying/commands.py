"""Commands on channels and on what was sent, of the command line, the API and the pages. Results are plain data."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from leadline.accounts.models import User
from leadline.kernel.clock import to_micros, utc_now
from leadline.notifications import deliveries
from leadline.notifications.channels import change_channel, channel_of, described, make_channel
from leadline.notifications.models import Channel, Notice
from leadline.pipeline.engine import Engine
from leadline.pipeline.notifying.courier import deliver
from leadline.pipeline.notifying.handing_over import hand_over
from leadline.pipeline.notifying.looking import look
from leadline.pipeline.notifying.rule_commands import RULE_COMMANDS, label_of
from leadline.pipeline.sales import user_named

MOST = 500
TEST_SUBJECT = "Leadline can reach you here"
TEST_BODY = "This is a test of the channel \N{LEFT DOUBLE QUOTATION MARK}{name}\N{RIGHT DOUBLE QUOTATION MARK}. {link}"


def notify_channels(engine: Engine) -> list[dict[str, Any]]:  # noqa: ARG001  # the signature of a command
    """Every channel, without its address."""
    return [described(row) for row in Channel.objects.select_related("owner").order_by("name")]


def notify_channel_add(
    engine: Engine,  # noqa: ARG001  # the signature of a command
    address: str,
    name: str = "",
    owner: str = "",
    *,
    administrator: bool = True,
    **given: Any,
) -> dict[str, Any]:
    """Make a channel; of a user, by e-mail address, or a shared one. The address is not told again."""
    user = user_named(owner) if owner else None
    return described(make_channel(name, address, user, administrator=administrator, **given))


def notify_channel_change(
    engine: Engine,  # noqa: ARG001  # the signature of a command
    number: int,
    *,
    administrator: bool = True,
    **given: Any,
) -> dict[str, Any]:
    """Change a channel; what is not given stays."""
    return described(change_channel(channel_of(number), administrator=administrator, **given))


def notify_channel_remove(engine: Engine, number: int) -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """Remove a channel with its notices."""
    channel = channel_of(number)
    gone = described(channel)
    channel.delete()
    return gone


def notify_test(engine: Engine, number: int, link: str = "") -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """Send a test now, quiet hours or not, and say what came of it."""
    channel, now = channel_of(number), utc_now()
    row = Notice.objects.create(
        key=f"test:{channel.pk}:{to_micros(now)}",
        channel=channel,
        subject=TEST_SUBJECT,
        body=TEST_BODY.format(name=channel.name, link=link).strip(),
        at=now,
        due_at=now,
        state=Notice.State.SENDING,
        claimed_at=now,
        attempts=1,
        parcel=deliveries.parcel_key([Notice(key=f"test:{channel.pk}:{to_micros(now)}")]),
    )
    parcel = deliveries.parcel_of(channel, [row], row.parcel)
    deliveries.settle(parcel, hand_over(parcel), utc_now())
    return told(_notice(row.pk))


def notify_log(
    engine: Engine,  # noqa: ARG001  # the signature of a command
    limit: int = 50,
    channel: int = 0,
    rule: int = 0,
    state: str = "",
    before: int = 0,
) -> list[dict[str, Any]]:
    """What was and is to be sent, the newest first."""
    return [told(row) for row in log_rows(limit, channel, rule, state, before)]


def log_rows(
    limit: int = 50, channel: int = 0, rule: int = 0, state: str = "", before: int = 0, owner: User | None = None
) -> list[Notice]:
    """Rows of the log. `before`: with smaller numbers; `owner`: of their channels and, for who sees everybody's leads,
    shared ones only."""
    asked = Q(pk__lt=before) if before else Q()
    asked &= Q(channel=channel) if channel else Q()
    asked &= Q(rule=rule) if rule else Q()
    asked &= Q(state=state) if state else Q()
    if owner is not None:
        asked &= Q(channel__owner=owner) | (Q(channel__owner=None) if owner.sees_everybody else Q(pk=None))
    rows = Notice.objects.filter(asked).select_related("channel__owner", "rule").order_by("-pk")
    return list(rows[: max(0, min(limit, MOST))])


def notify_resend(engine: Engine, number: int) -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """Let a message go out once more, whatever became of it."""
    return told(deliveries.resend(number, utc_now()))


def notify_run(engine: Engine) -> dict[str, Any]:
    """Look now and send what is due, as the server does by itself."""
    now = utc_now()
    made = look(engine, now)
    return {"made": made, "sent": deliver(now)}


def told(row: Notice) -> dict[str, Any]:
    """A notice as JSON takes it."""
    return {
        "number": row.pk,
        "rule": row.rule_id,
        "rule_name": label_of(row.rule) if row.rule else None,
        "channel": row.channel_id,
        "channel_name": row.channel.name,
        "lead": row.lead_id,
        "subject": row.subject,
        "body": row.body,
        "at": row.at.isoformat(),
        "due_at": row.due_at.isoformat(),
        "state": row.state,
        "attempts": row.attempts,
        "sent_at": _iso(row.sent_at),
        "message": row.message,
    }


def _notice(number: int) -> Notice:
    return Notice.objects.select_related("channel", "rule").get(pk=number)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


NOTIFY_COMMANDS = (
    *(notify_channels, notify_channel_add, notify_channel_change, notify_channel_remove, notify_test),
    *(notify_log, notify_resend, notify_run),
    *RULE_COMMANDS,
)
