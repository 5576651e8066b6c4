"""Channels of notifications: made, changed, tested; and what somebody wants to be told themselves."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from leadline.accounts.models import User
from leadline.accounts.permissions import Permission
from leadline.kernel.errors import LeadlineError
from leadline.kernel.typed_numbers import number_of
from leadline.notifications.channels import change_channel, make_channel
from leadline.notifications.models import Channel, Notice
from leadline.pipeline import runtime
from leadline.pipeline.mail import is_configured
from leadline.pipeline.notifying import choices, commands
from leadline.web import notification_forms as forms
from leadline.web.queries.notifications import channel_row, log_row
from leadline.web.viewer import NOTIFICATIONS, check_may, only_for, viewer_of, zone_of
from leadline.web.views.notifications import check_may_change

UNPROCESSABLE = 422
SHOWN = 10
TAG = "channel"
"""Of our own messages: others, such as that of signing in, are not this page's."""


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(NOTIFICATIONS)
def new_channel(request: HttpRequest) -> HttpResponse:
    """The form of a shared channel."""
    check_may(request, Permission.SET_NOTIFICATIONS)
    if request.method != "POST":
        return _form(request, None, {"zone": str(zone_of(request))})
    try:
        made = make_channel(administrator=True, **forms.read_channel(request.POST))
    except LeadlineError as error:
        return _form(request, None, request.POST.dict(), str(error))
    return redirect("notifications_channel", number=made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(NOTIFICATIONS)
def channel_page(request: HttpRequest, number: int) -> HttpResponse:
    """One channel: its times, a test, what went there. Its address is not shown; a new one takes its place."""
    channel = _channel(request, number)
    if request.method != "POST":
        return _form(request, channel, forms.channel_given(channel))
    try:
        change_channel(
            channel,
            administrator=viewer_of(request).may(Permission.SET_NOTIFICATIONS),
            **forms.read_channel(request.POST),
        )
    except LeadlineError as error:
        return _form(request, _channel(request, number), request.POST.dict(), str(error))
    messages.info(request, "Saved.", extra_tags=TAG)
    return redirect("notifications_channel", number=number)


@require_POST
@only_for(NOTIFICATIONS)
def set_channel(request: HttpRequest, number: int) -> HttpResponse:
    """Switch it on or off, remove it, or send a test."""
    channel, act = _channel(request, number), request.POST.get("act", "")
    if act == "remove":
        channel.delete()
        return redirect("notifications_mine" if channel.owner_id else "notifications")
    if act == "test":
        told = commands.notify_test(runtime.running().engine, number, request.build_absolute_uri("/notifications"))
        words = "It was sent. Look whether it arrived." if told["state"] == Notice.State.SENT else told["message"]
        messages.info(request, words, extra_tags=TAG)
    else:
        change_channel(channel, administrator=viewer_of(request).may(Permission.SET_NOTIFICATIONS), enabled=act == "on")
    return redirect("notifications_channel", number=number)


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(NOTIFICATIONS)
def mine_page(request: HttpRequest) -> HttpResponse:
    """What I am told, and where."""
    viewer = viewer_of(request)
    if request.method != "POST":
        return _mine(request, {"zone": str(zone_of(request)), "address": viewer.email})
    try:
        _act_on_mine(request, viewer)
    except LeadlineError as error:
        return _mine(request, request.POST.dict(), str(error))
    return redirect("notifications_mine")


def _act_on_mine(request: HttpRequest, viewer: User) -> None:
    if request.POST.get("act") == "choose":
        follow = [number for each in request.POST.getlist("follow") if (number := number_of(each)) is not None]
        choices.choose(runtime.running().engine, viewer, request.POST.getlist("choices"), follow)
        messages.info(request, "Saved. You are told of what happens from now on.", extra_tags=TAG)
    else:
        make_channel(
            owner=viewer, administrator=viewer.may(Permission.SET_NOTIFICATIONS), **forms.read_channel(request.POST)
        )


def _channel(request: HttpRequest, number: int) -> Channel:
    found = Channel.objects.select_related("owner").filter(pk=number).first()
    if found is None:
        raise Http404(f"There is no channel {number}.")
    check_may_change(request, found)
    return found


def _form(request: HttpRequest, channel: Channel | None, given: dict[str, Any], fault: str = "") -> HttpResponse:
    viewer = viewer_of(request)
    rows = channel.notices.select_related("channel", "rule").order_by("-pk")[:SHOWN] if channel else ()
    context = {
        "row": channel_row(channel, viewer) if channel else None,
        "channel": channel,
        "given": given,
        "fault": fault,
        "hours": forms.HOURS,
        "log": [log_row(row, viewer) for row in rows],
        "mails": is_configured(),
        "may_edit": viewer.may(Permission.SET_NOTIFICATIONS),
    }
    return render(request, "web/notifications/channel.html", context, status=UNPROCESSABLE if fault else 200)


def _mine(request: HttpRequest, given: dict[str, Any], fault: str = "") -> HttpResponse:
    viewer = viewer_of(request)
    rows = Notice.objects.filter(channel__owner=viewer).select_related("channel", "rule").order_by("-pk")[:SHOWN]
    context = {
        "channels": [channel_row(row, viewer) for row in Channel.objects.filter(owner=viewer).order_by("name")],
        "choices": choices.choices_of(viewer),
        "followed": choices.followed_by(viewer),
        "log": [log_row(row, viewer) for row in rows],
        "given": given,
        "fault": fault,
        "hours": forms.HOURS,
        "mails": is_configured(),
        "may_edit": viewer.may(Permission.SET_NOTIFICATIONS),
    }
    return render(request, "web/notifications/mine.html", context, status=UNPROCESSABLE if fault else 200)
