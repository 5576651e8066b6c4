"""Alerts: the list with what fired, one alert with its preview, and what is done to them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leadline.accounts.permissions import Permission
from leadline.analytics.models import Alert, AlertFiring
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import LeadlineError, NotFoundError, TerminalError
from leadline.kernel.typed_numbers import number_of
from leadline.pipeline import alert_commands as commands
from leadline.pipeline import runtime
from leadline.pipeline.alert_preview import preview
from leadline.pipeline.alerts import next_check
from leadline.pipeline.mail import is_configured
from leadline.pipeline.reports.measuring import all_measures
from leadline.web.report_part import part_of
from leadline.web.sealed_search import opened
from leadline.web.viewer import ALERTS, only_for, viewer_of, zone_of

UNPROCESSABLE = 422
FIRINGS_SHOWN = 20
PERCENT = 100
LONGEST_NUMBER = 12
MOST = 2**31 - 1
RULES = (
    ("anomaly", "is not what is usual"),
    ("weekday", "changed against the same weekday a week before"),
    ("change", "changed against the period before"),
    ("threshold", "is past a limit"),
)
SIDES = (("both", "above or below"), ("below", "below"), ("above", "above"))
SHARES = frozenset({"anomaly", "change", "weekday"})
FRESH = {"metric": "qualified-leads", "grain": "day", "rule": "anomaly", "side": "both", "value": "1"}


@require_safe
@only_for(ALERTS)
def alerts_page(request: HttpRequest) -> HttpResponse:
    """Every alert with its state and last firing, and what fired last."""
    engine, now = runtime.running().engine, utc_now()
    rows = [
        {"alert": alert, "words": commands.words_of(engine, alert), "last": alert.firings.order_by("-bucket").first(),
         "next": next_check(alert, now)}
        for alert in Alert.objects.order_by("name", "pk")
    ]  # fmt: skip
    firings = AlertFiring.objects.select_related("alert").order_by("-at", "-bucket", "-pk")[:FIRINGS_SHOWN]
    context = {"rows": rows, "firings": firings, "mails": is_configured()}
    return render(request, "web/alerts/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(ALERTS)
def new_alert(request: HttpRequest) -> HttpResponse:
    """The form of a new alert; `?metric=` and `?segment=` fill it in."""
    if request.method != "POST":
        asked = {name: opened(request.GET[name]) for name in (*FRESH, "segment") if name in request.GET}
        return _form(request, Alert(), {"quiet_hours": "24", "least": "0", **FRESH, **asked})
    try:
        made = commands.alert_add(
            runtime.running().engine,
            str(viewer_of(request)),
            anybody=viewer_of(request).may(Permission.SET_NOTIFICATIONS),
            **_read(request.POST),
        )
    except LeadlineError as error:
        return _form(request, Alert(), request.POST.dict(), str(error))
    return redirect("alerts_one", number=made["number"])


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(ALERTS)
def alert_page(request: HttpRequest, number: int) -> HttpResponse:
    """One alert: its form, its preview, its firings."""
    alert = _alert(number)
    if request.method != "POST":
        return _form(request, alert, _given_of(alert))
    try:
        editor = viewer_of(request).may(Permission.SET_NOTIFICATIONS)
        commands.alert_change(runtime.running().engine, number, anybody=editor, **_read(request.POST))
    except LeadlineError as error:
        return _form(request, alert, request.POST.dict(), str(error))
    return redirect("alerts_one", number=number)


@require_POST
@only_for(ALERTS)
def preview_part(request: HttpRequest) -> HttpResponse:
    """How often the alert that the form describes would have fired; for htmx. Nothing is kept."""
    return render(request, "web/alerts/preview.html", _preview(request, request.POST))


@require_POST
@only_for(ALERTS)
def set_alert(request: HttpRequest, number: int) -> HttpResponse:
    """Switch it on or off, or remove it."""
    _alert(number)
    engine = runtime.running().engine
    if request.POST.get("act") == "remove":
        commands.alert_remove(engine, number)
        return redirect("alerts")
    commands.alert_enable(engine, number, enabled=request.POST.get("act") == "on")
    return redirect("alerts_one", number=number)


@require_POST
@only_for(ALERTS)
def see_firing(request: HttpRequest, number: int) -> HttpResponse:
    """Say that it was seen."""
    try:
        commands.alert_seen(runtime.running().engine, number, str(viewer_of(request)))
    except NotFoundError as error:
        raise Http404(str(error)) from error
    return redirect("alerts")


def _alert(number: int) -> Alert:
    found = Alert.objects.filter(pk=number).first()
    if found is None:
        raise Http404(f"There is no alert {number}.")
    return found


def _form(request: HttpRequest, alert: Alert, given: dict[str, Any], fault: str = "") -> HttpResponse:
    metrics = all_measures(runtime.running().engine.ruleset)
    context = {
        "alert": alert,
        "given": given,
        "fault": fault,
        "metrics": metrics,
        "rules": RULES,
        "sides": SIDES,
        "grains": ("day", "week", "month"),
        "mails": is_configured(),
        "anybody": viewer_of(request).may(Permission.SET_NOTIFICATIONS),
        "firings": alert.firings.order_by("-bucket")[:FIRINGS_SHOWN] if alert.pk else (),
        **_preview(request, given),
    }
    return render(request, "web/alerts/one.html", context, status=UNPROCESSABLE if fault else 200)


def _preview(request: HttpRequest, given: dict[str, Any] | QueryDict) -> dict[str, Any]:
    engine = runtime.running().engine
    try:
        values = {name: value for name, value in _read(given).items() if name != "recipients"}
        report = preview(engine, commands.fill(engine, Alert(), values), utc_now())
    except LeadlineError as error:
        return {"trouble": str(error)}
    return {"part": part_of(report, "chart:0", "m", zone_of(request)), "fired": report.table("firings").rows[:10],
            "more": max(len(report.table("firings").rows) - 10, 0), "question": report.question,
            "definition": report.definition}  # fmt: skip


def _given_of(alert: Alert) -> dict[str, Any]:
    """An alert as the form writes it: shares in percent."""
    value = alert.value * PERCENT if alert.rule in SHARES else alert.value
    names = ("name", "metric", "segment", "grain", "rule", "side", "least", "quiet_hours")
    given = {name: str(getattr(alert, name)) for name in names}
    return {**given, "value": f"{value:.10g}", "recipients": "\n".join(alert.recipients)}


def _read(posted: dict[str, Any] | QueryDict) -> dict[str, Any]:
    """What the form says, as fields of an alert.

    Raises:
        TerminalError: a number can't be read.
    """
    rule = str(posted.get("rule", ""))
    value = _number(str(posted.get("value", "")), "value")
    return {
        **{name: str(posted.get(name, "")) for name in ("name", "metric", "segment", "grain", "side")},
        "rule": rule,
        "value": value / PERCENT if rule in SHARES else value,
        "least": _whole(str(posted.get("least", "")), "fewest cases"),
        "quiet_hours": _whole(str(posted.get("quiet_hours", "")), "quiet hours"),
        "recipients": str(posted.get("recipients", "")).replace(",", "\n").split("\n"),
    }


def _number(text: str, what: str) -> float:
    try:
        return float(text.strip()[:LONGEST_NUMBER])
    except ValueError as error:
        raise TerminalError(f"The {what} {text[:20]!r} is no number.", advice="Use digits.") from error


def _whole(text: str, what: str) -> int:
    text = text.strip() or "0"
    if (number := number_of(text, MOST)) is None:
        raise TerminalError(f"The {what} {text[:20]!r} are no whole number.", advice="Use digits only.")
    return number
