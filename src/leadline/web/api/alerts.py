"""Alerts for programs: the commands of `leadline alerts`."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from leadline.accounts.permissions import Permission
from leadline.web.api.asking import ask
from leadline.web.api.bodies import Body
from leadline.web.api.permissions import caller_of

alerts = Router(tags=["alerts"])


class AlertBody(Body):
    """An alert. `rule`: threshold, change, weekday or anomaly; `value`: the threshold, or a share (0.3: 30%)."""

    metric: str
    name: str = ""
    segment: str = ""
    grain: str = "day"
    rule: str = "anomaly"
    side: str = "both"
    value: float = 0.01
    least: int = 0
    quiet_hours: int = 24
    recipients: list[str] = []


class AlertChange(Body):
    """What is to be another; what is left out stays."""

    metric: str | None = None
    name: str | None = None
    segment: str | None = None
    grain: str | None = None
    rule: str | None = None
    side: str | None = None
    value: float | None = None
    least: int | None = None
    quiet_hours: int | None = None
    recipients: list[str] | None = None
    enabled: bool | None = None


@alerts.get("/alerts", summary="Every alert with its last firing")
def alert_list(request: HttpRequest) -> Any:
    """With what it looks for in words."""
    caller_of(request, Permission.READ_ALERTS)
    return ask("alert_list")


@alerts.post("/alerts", summary="Make an alert")
def alert_add(request: HttpRequest, alert: AlertBody) -> Any:
    """Recipients are users; an administrator may enter any address."""
    user = caller_of(request, Permission.SET_ALERTS)
    return ask("alert_add", by=str(user), anybody=user.may(Permission.SET_NOTIFICATIONS), **alert.dict())


@alerts.post("/alerts/preview", summary="How often an alert would have fired")
def alert_preview(request: HttpRequest, alert: AlertBody) -> Any:
    """Over 180 days, 52 weeks or 24 months; nothing is kept."""
    caller_of(request, Permission.SET_ALERTS)
    return ask("alert_preview", **alert.dict())


@alerts.patch("/alerts/{int:number}", summary="Change an alert, or switch it on or off")
def alert_change(request: HttpRequest, number: int, alert: AlertChange) -> Any:
    """What is left out stays."""
    user = caller_of(request, Permission.SET_ALERTS)
    given = {name: value for name, value in alert.dict(exclude={"enabled"}).items() if value is not None}
    told = ask("alert_change", number=number, anybody=user.may(Permission.SET_NOTIFICATIONS), **given)
    return told if alert.enabled is None else ask("alert_enable", number=number, enabled=alert.enabled)


@alerts.delete("/alerts/{int:number}", summary="Remove an alert")
def alert_remove(request: HttpRequest, number: int) -> Any:
    """With its firings."""
    caller_of(request, Permission.SET_ALERTS)
    return ask("alert_remove", number=number)


@alerts.post("/alerts/firings/{int:firing}/seen", summary="Say that somebody saw a firing")
def alert_seen(request: HttpRequest, firing: int) -> Any:
    """Said again, it stays with who saw it first."""
    user = caller_of(request, Permission.SET_ALERTS)
    return ask("alert_seen", firing=firing, by=str(user))
