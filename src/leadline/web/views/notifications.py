"""Notifications: rules, channels and what was sent, at a glance and as a log."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from leadline.accounts.permissions import Permission
from leadline.kernel.clock import utc_now
from leadline.kernel.typed_numbers import number_of
from leadline.notifications.addresses import MAIL
from leadline.notifications.models import Channel, Notice
from leadline.pipeline import runtime
from leadline.pipeline.mail import is_configured
from leadline.pipeline.notifying import commands
from leadline.web.queries.notifications import DAYS, channel_rows, log_row, rule_rows
from leadline.web.viewer import NOTIFICATIONS, only_for, viewer_of

SHOWN = 8
PAGE = 50
"""Digits."""


@require_safe
@only_for(NOTIFICATIONS)
def notifications_page(request: HttpRequest) -> HttpResponse:
    """Who is told what, where, and what was sent last."""
    viewer = viewer_of(request)
    channels = channel_rows(viewer)
    context = {
        "rules": rule_rows(utc_now()),
        "channels": channels,
        "log": [log_row(row, viewer) for row in _rows(request, SHOWN)],
        "days": DAYS,
        "may_edit": viewer.may(Permission.SET_NOTIFICATIONS),
        "unmailed": not is_configured() and any(row.channel.service == MAIL for row in channels),
    }
    return render(request, "web/notifications/page.html", context)


@require_safe
@only_for(NOTIFICATIONS)
def log_page(request: HttpRequest) -> HttpResponse:
    """Everything that was sent and that waits, the newest first, by state, channel and rule."""
    viewer = viewer_of(request)
    asked = {name: request.GET.get(name, "") for name in ("state", "channel", "rule")}
    rows = _rows(request, PAGE + 1, **asked)
    context = {
        "log": [log_row(row, viewer) for row in rows[:PAGE]],
        "after": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "asked": asked,
        "states": Notice.State.choices,
        "channels": [row.channel for row in channel_rows(viewer)],
        "rules": [row.rule for row in rule_rows(utc_now())],
    }
    return render(request, "web/notifications/log.html", context)


@require_POST
@only_for(NOTIFICATIONS)
def resend(request: HttpRequest, number: int) -> HttpResponse:
    """Let a message go out once more."""
    channel = Channel.objects.filter(notices=number).first()
    if channel is None:
        raise Http404(f"There is no message {number}.")
    check_may_change(request, channel)
    commands.notify_resend(runtime.running().engine, number)
    return redirect("notifications_log")


def check_may_change(request: HttpRequest, channel: Channel) -> None:
    """Answer 403 to those who are neither administrators nor the channel's owner."""
    viewer = viewer_of(request)
    if not viewer.may(Permission.SET_NOTIFICATIONS) and channel.owner_id != viewer.pk:
        raise PermissionDenied


def _rows(request: HttpRequest, limit: int, state: str = "", channel: str = "", rule: str = "") -> list[Notice]:
    viewer = viewer_of(request)
    owner = None if viewer.may(Permission.SET_NOTIFICATIONS) else viewer
    before = _number(request.GET.get("before", ""))
    return commands.log_rows(limit, _number(channel), _number(rule), state, before, owner)


def _number(text: str) -> int:
    return number_of(text) or 0
