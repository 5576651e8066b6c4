"""Rules of notifications: made, changed, tried on the past. Administrators only."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leadline.accounts.permissions import Permission
from leadline.analytics.models import Alert
from leadline.crm.models import Connection
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import LeadlineError, NotFoundError
from leadline.notifications.models import Channel, Rule
from leadline.notifications.rules import OF_LEADS, OF_SCORES, USED, Trigger, read_trigger
from leadline.notifications.wording import names_of, template_of
from leadline.pipeline import runtime
from leadline.pipeline.notifying import rule_commands as commands
from leadline.pipeline.notifying.previewing import preview
from leadline.web import notification_forms as forms
from leadline.web.queries.notifications import log_row
from leadline.web.viewer import NOTIFICATIONS, check_may, only_for, viewer_of

UNPROCESSABLE = 422
SHOWN = 10


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(NOTIFICATIONS)
def new_rule(request: HttpRequest) -> HttpResponse:
    """Which trigger, then its form; `?trigger=` chooses it."""
    check_may(request, Permission.SET_NOTIFICATIONS)
    wanted = request.POST.get("trigger") or request.GET.get("trigger", "")
    if not wanted:
        return render(request, "web/notifications/triggers.html", {"triggers": forms.TRIGGERS})
    trigger = _trigger(wanted)
    if request.method != "POST":
        return _form(request, _fresh(trigger), trigger)
    try:
        made = commands.notify_rule_add(
            runtime.running().engine,
            str(viewer_of(request)),
            channels=request.POST.getlist("channels"),
            **forms.read_rule(request.POST, trigger),
        )
    except LeadlineError as error:
        return _form(request, _fresh(trigger), trigger, str(error))
    return redirect("notifications_rule", number=made["number"])


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(NOTIFICATIONS)
def rule_page(request: HttpRequest, number: int) -> HttpResponse:
    """One rule: its form, what it would have told, what it told."""
    check_may(request, Permission.SET_NOTIFICATIONS)
    rule = _rule(number)
    trigger = Trigger(rule.trigger)
    if request.method != "POST":
        return _form(request, rule, trigger)
    try:
        commands.notify_rule_change(
            runtime.running().engine,
            number,
            channels=request.POST.getlist("channels"),
            **forms.read_rule(request.POST, trigger),
        )
    except LeadlineError as error:
        return _form(request, rule, trigger, str(error))
    return redirect("notifications_rule", number=number)


@require_safe
@only_for(NOTIFICATIONS)
def preview_part(request: HttpRequest) -> HttpResponse:
    """What the rule that the form describes would have told; for htmx."""
    check_may(request, Permission.SET_NOTIFICATIONS)
    trigger = _trigger(request.GET.get("trigger", ""))
    return render(request, "web/notifications/preview.html", _preview(forms.read_rule(request.GET, trigger)))


@require_POST
@only_for(NOTIFICATIONS)
def set_rule(request: HttpRequest, number: int) -> HttpResponse:
    """Switch it on or off, or remove it."""
    check_may(request, Permission.SET_NOTIFICATIONS)
    _rule(number)
    engine = runtime.running().engine
    if request.POST.get("act") == "remove":
        commands.notify_rule_remove(engine, number)
        return redirect("notifications")
    commands.notify_rule_change(engine, number, enabled=request.POST.get("act") == "on")
    return redirect("notifications_rule", number=number)


def _rule(number: int) -> Rule:
    found = Rule.objects.filter(pk=number, person=None).first()
    if found is None:
        raise Http404(f"There is no notification rule {number}.")
    return found


def _trigger(text: str) -> Trigger:
    try:
        return read_trigger(text)
    except LeadlineError as error:
        raise Http404(str(error)) from error


def _fresh(trigger: Trigger) -> Rule:
    conditions = {"stages": ["qualified"]} if trigger is Trigger.STAGE else {}
    return Rule(trigger=trigger.value, conditions=conditions)


def _form(request: HttpRequest, rule: Rule, trigger: Trigger, fault: str = "") -> HttpResponse:
    posted = request.method == "POST"
    given = forms.given_again(request.POST, trigger) if posted else forms.given_of(rule)
    wanted = forms.read_rule(request.POST, trigger) if posted else _kept(rule)
    context = {
        "rule": rule,
        "trigger": trigger.value,
        "trigger_label": dict(forms.TRIGGERS)[trigger.value],
        "used": USED[trigger],
        "of_leads": trigger in OF_LEADS,
        "of_scores": trigger in OF_SCORES,
        "given": given,
        "fault": fault,
        "stages": forms.STAGE_LABELS,
        "grades": forms.GRADES_OFFERED,
        "channels": Channel.objects.select_related("owner").order_by("owner__name", "name"),
        "connections": Connection.objects.order_by("name").values_list("name", flat=True),
        "alerts": [(str(pk), name) for pk, name in Alert.objects.order_by("name").values_list("pk", "name")],
        "names": names_of(trigger),
        "usual": template_of(trigger, ""),
        "log": _log(request, rule),
        **_preview(wanted),
    }
    return render(request, "web/notifications/rule.html", context, status=UNPROCESSABLE if fault else 200)


def _kept(rule: Rule) -> dict[str, Any]:
    names = ("trigger", "conditions", "template", "quiet_hours", "to_owner")
    return {name: getattr(rule, name) for name in names}


def _log(request: HttpRequest, rule: Rule) -> list[Any]:
    if rule.pk is None:
        return []
    rows = rule.notices.select_related("channel", "rule").order_by("-pk")[:SHOWN]
    return [log_row(row, viewer_of(request)) for row in rows]


def _preview(wanted: dict[str, Any]) -> dict[str, Any]:
    try:
        rule = commands.fill(Rule(), {name: value for name, value in wanted.items() if name != "name"})
        return {"preview": preview(runtime.running().engine, rule, utc_now()), "sentence": commands.sentence_of(rule)}
    except NotFoundError:
        raise
    except LeadlineError as error:
        return {"unclear": str(error)}
