"""What the pages of notifications show: rules with how often they told something, channels, the log."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max

from leadline.accounts.models import User
from leadline.accounts.permissions import Permission
from leadline.notifications.addresses import MAIL
from leadline.notifications.models import Channel, Notice, Rule
from leadline.pipeline.mail import is_configured
from leadline.pipeline.notifying.rule_commands import goes_to, label_of, sentence_of

DAYS = 30
STATES = {
    Notice.State.DUE: "warn",
    Notice.State.SENDING: "warn",
    Notice.State.SENT: "good",
    Notice.State.FAILED: "bad",
    Notice.State.UNSURE: "bad",
    Notice.State.SKIPPED: "",
}
AGAIN = frozenset({Notice.State.SENT, Notice.State.FAILED, Notice.State.UNSURE, Notice.State.SKIPPED})


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule, what it tells of and to whom, and what it told in the last 30 days."""

    rule: Rule
    sentence: str
    goes_to: str
    told: int
    last: datetime | None


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel. `state` is in words, `tone` its colour; `mine`: whoever looks may change it."""

    channel: Channel
    state: str
    tone: str
    mine: bool


@dataclass(frozen=True, slots=True)
class LogRow:
    """A message. `why`: the rule it came from; `note`: what it waits for, or why it did not leave; `resendable`:
    whoever looks may send it once more."""

    notice: Notice
    why: str
    note: str
    tone: str
    resendable: bool


def rule_rows(now: datetime) -> list[RuleRow]:
    """The shared rules."""
    since = now - timedelta(days=DAYS)
    counted = (
        Notice.objects.filter(rule__person=None, at__gte=since)
        .values("rule")
        .annotate(told=Count("key", distinct=True), last=Max("at"))
    )
    told = {row["rule"]: (row["told"], row["last"]) for row in counted.order_by()}
    rules = Rule.objects.filter(person=None).order_by("name", "pk")
    return [RuleRow(rule, sentence_of(rule), goes_to(rule), *told.get(rule.pk, (0, None))) for rule in rules]


def channel_rows(viewer: User) -> list[ChannelRow]:
    """The shared channels and the viewer's own; an administrator sees all."""
    rows = Channel.objects.select_related("owner").order_by("owner__name", "name")
    return [
        channel_row(row, viewer)
        for row in rows
        if viewer.may(Permission.SET_NOTIFICATIONS) or row.owner_id in (None, viewer.pk)
    ]


def channel_row(channel: Channel, viewer: User) -> ChannelRow:
    """One channel."""
    state, tone = _state(channel)
    return ChannelRow(channel, state, tone, viewer.may(Permission.SET_NOTIFICATIONS) or channel.owner_id == viewer.pk)


def log_row(notice: Notice, viewer: User) -> LogRow:
    """One message."""
    mine = viewer.may(Permission.SET_NOTIFICATIONS) or notice.channel.owner_id == viewer.pk
    why = label_of(notice.rule) if notice.rule else "A test"
    note = str(notice.message) or _waits_for(notice)
    return LogRow(notice, why, note, STATES[Notice.State(notice.state)], mine and notice.state in AGAIN)


def _waits_for(notice: Notice) -> str:
    if notice.state != Notice.State.DUE:
        return ""
    if notice.channel.service == MAIL and not is_configured():
        return "It waits for a mail server."
    return "" if notice.channel.enabled else "Its channel is off."


def _state(channel: Channel) -> tuple[str, str]:
    if not channel.enabled:
        return "Off", ""
    if channel.service == MAIL and not is_configured():
        return "Waits for a mail server", "warn"
    return ("In trouble", "bad") if channel.trouble else ("On", "good")
