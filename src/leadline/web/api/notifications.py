"""Notifications for programs: the commands of `leadline notify`. No answer ever holds an address."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from ninja import Router

from leadline.accounts.models import User
from leadline.accounts.permissions import Permission
from leadline.notifications.channels import channel_of, described
from leadline.notifications.models import Channel
from leadline.pipeline import runtime
from leadline.pipeline.notifying import choices
from leadline.pipeline.notifying.commands import log_rows, told
from leadline.web.api.asking import ask
from leadline.web.api.bodies import Body, Number
from leadline.web.api.permissions import caller_of

notifications = Router(tags=["notifications"])


class Times(Body):
    """When a channel may be sent to: hours of its zone. What is left out stays; an empty list or text takes away.

    `advertising`: nobody is told of there who refused sale or sharing.
    """

    zone: str | None = None
    quiet_from: int | str | None = None
    quiet_until: int | str | None = None
    digest_hours: list[int] | None = None
    advertising: bool | None = None


class ChannelBody(Times):
    """A channel. `mine`: the caller's own; else shared, which takes an administrator."""

    name: str = ""
    address: str
    mine: bool = False


class ChannelChange(Times):
    """What is to be another; what is left out stays."""

    name: str | None = None
    address: str | None = None
    enabled: bool | None = None


class RuleBody(Body):
    """A rule. `trigger`: stage, jump, drop, breach, assigned, sync or alert; `channels` by name or number."""

    trigger: str
    name: str = ""
    conditions: dict[str, Any] = {}
    channels: list[Number | str] = []
    to_owner: bool = False
    digest: bool = False
    quiet_hours: int = 24
    template: str = ""
    enabled: bool = True


class RuleChange(Body):
    """What is to be another; what is left out stays. Conditions and channels are given whole."""

    trigger: str | None = None
    name: str | None = None
    conditions: dict[str, Any] | None = None
    channels: list[Number | str] | None = None
    to_owner: bool | None = None
    digest: bool | None = None
    quiet_hours: int | None = None
    template: str | None = None
    enabled: bool | None = None


class Chosen(Body):
    """What the caller wants to be told: names of choices about their own leads, numbers of shared rules."""

    choices: list[str] = []
    follow: list[Number] = []


@notifications.get("/notifications/channels", summary="Channels, without their addresses")
def notify_channels(request: HttpRequest) -> Any:
    """The shared ones and the caller's own; an administrator sees all."""
    user = caller_of(request, Permission.READ_NOTIFICATIONS)
    return [
        each
        for each in ask("notify_channels")
        if user.may(Permission.SET_NOTIFICATIONS) or each["owner"] in (None, user.email)
    ]


@notifications.post("/notifications/channels", summary="Make a channel")
def notify_channel_add(request: HttpRequest, channel: ChannelBody) -> Any:
    """The address is not told again. Only an administrator's may lead into the private network."""
    user = _changer(request) if channel.mine else caller_of(request, Permission.SET_NOTIFICATIONS)
    given = _given(channel, "mine")
    return ask(
        "notify_channel_add",
        owner=user.email if channel.mine else "",
        administrator=user.may(Permission.SET_NOTIFICATIONS),
        **given,
    )


@notifications.patch("/notifications/channels/{int:number}", summary="Change a channel, or switch it on or off")
def notify_channel_change(request: HttpRequest, number: int, channel: ChannelChange) -> Any:
    """What is left out stays."""
    user = _keeper_of(request, number)
    return ask(
        "notify_channel_change", number=number, administrator=user.may(Permission.SET_NOTIFICATIONS), **_given(channel)
    )


@notifications.delete("/notifications/channels/{int:number}", summary="Remove a channel")
def notify_channel_remove(request: HttpRequest, number: int) -> Any:
    """With its messages; what waits is not sent."""
    _keeper_of(request, number)
    return ask("notify_channel_remove", number=number)


@notifications.post("/notifications/channels/{int:number}/test", summary="Send a test to a channel")
def notify_test(request: HttpRequest, number: int) -> Any:
    """Now, quiet hours or not; `state` and `message` say what came of it."""
    _keeper_of(request, number)
    return ask("notify_test", number=number)


@notifications.get("/notifications/rules", summary="Shared rules, each with what it tells of")
def notify_rules(request: HttpRequest) -> Any:
    """With the template that is used, and when it last told something."""
    caller_of(request, Permission.READ_NOTIFICATIONS)
    return ask("notify_rules")


@notifications.post("/notifications/rules", summary="Make a rule")
def notify_rule_add(request: HttpRequest, rule: RuleBody) -> Any:
    """It tells of what happens from now on."""
    user = caller_of(request, Permission.SET_NOTIFICATIONS)
    return ask("notify_rule_add", by=str(user), **rule.dict())


@notifications.post("/notifications/rules/preview", summary="How often a rule would have told something")
def notify_rule_preview(request: HttpRequest, rule: RuleBody) -> Any:
    """Over the last 30 days; nothing is kept."""
    caller_of(request, Permission.SET_NOTIFICATIONS)
    return ask("notify_rule_preview", **rule.dict(exclude={"channels"}))


@notifications.patch("/notifications/rules/{int:number}", summary="Change a rule, or switch it on or off")
def notify_rule_change(request: HttpRequest, number: int, rule: RuleChange) -> Any:
    """What is left out stays."""
    caller_of(request, Permission.SET_NOTIFICATIONS)
    return ask("notify_rule_change", number=number, **_given(rule))


@notifications.delete("/notifications/rules/{int:number}", summary="Remove a rule")
def notify_rule_remove(request: HttpRequest, number: int) -> Any:
    """With its messages; what waits is not sent."""
    caller_of(request, Permission.SET_NOTIFICATIONS)
    return ask("notify_rule_remove", number=number)


@notifications.get("/notifications/log", summary="What was sent and what waits, the newest first")
def notify_log(
    request: HttpRequest, limit: int = 50, channel: int = 0, rule: int = 0, state: str = "", before: int = 0
) -> Any:
    """To shared channels and the caller's own; an administrator sees all. `before` is a message's number: page on."""
    user = caller_of(request, Permission.READ_NOTIFICATIONS)
    rows = log_rows(limit, channel, rule, state, before, None if user.may(Permission.SET_NOTIFICATIONS) else user)
    return [told(row) for row in rows]


@notifications.post("/notifications/log/{int:number}/resend", summary="Let a message go out once more")
def notify_resend(request: HttpRequest, number: int) -> Any:
    """Whatever became of it."""
    channel = Channel.objects.filter(notices=number).values_list("pk", flat=True).first()
    if channel is not None:
        _keeper_of(request, channel)
    return ask("notify_resend", number=number)


@notifications.get("/notifications/mine", summary="What the caller is told, and where")
def notify_mine(request: HttpRequest) -> Any:
    """Their channels, what they chose about their own leads, and the shared rules that they follow."""
    return _mine(caller_of(request, Permission.READ_NOTIFICATIONS))


@notifications.put("/notifications/mine", summary="Choose what the caller is told")
def notify_choose(request: HttpRequest, chosen: Chosen) -> Any:
    """Exactly this; what is chosen anew is told from now on."""
    user = _changer(request)
    choices.choose(runtime.running().engine, user, chosen.choices, chosen.follow)
    return _mine(user)


def _changer(request: HttpRequest) -> User:
    """The caller, who changes what they are told themselves.

    A token that only reads must not be able to have leads mailed to an address of its own: one with scopes needs
    `notifications:write` among them, whatever its user's role.
    """
    user = caller_of(request, Permission.READ_NOTIFICATIONS)
    if user.token_scopes is not None and Permission.SET_NOTIFICATIONS not in user.token_scopes:
        raise PermissionDenied(f"This needs the scope {Permission.SET_NOTIFICATIONS}.")
    return user


def _mine(user: User) -> dict[str, Any]:
    return {
        "channels": [described(row) for row in Channel.objects.filter(owner=user).order_by("name")],
        "choices": [_choice(each) for each in choices.choices_of(user)],
        "follow": [{**_choice(each), "name": int(each.name)} for each in choices.followed_by(user)],
    }


def _choice(choice: choices.Choice) -> dict[str, Any]:
    return {"name": choice.name, "sentence": choice.sentence, "chosen": choice.chosen}


def _keeper_of(request: HttpRequest, number: int) -> User:
    """The caller, who may change this channel: an administrator, or whose it is."""
    user, channel = _changer(request), channel_of(number)
    if not user.may(Permission.SET_NOTIFICATIONS) and channel.owner_id != user.pk:
        raise PermissionDenied("This is not your channel.")
    return user


def _given(body: Body, *left_out: str) -> dict[str, Any]:
    told = body.dict(exclude={*left_out}, exclude_unset=True)
    return {name: value for name, value in told.items() if value is not None}
