"""Spend and exchange rates: everybody who reads conversions sees them, marketing and administrators upload them."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from leadline.accounts.permissions import Permission
from leadline.analytics.models import ExchangeRate, Spend
from leadline.kernel.errors import DocumentError, LeadlineError
from leadline.pipeline import runtime
from leadline.pipeline.engine import Engine
from leadline.pipeline.money import rates_import, rates_remove, spend_import, spend_show
from leadline.web.viewer import CONVERSIONS, only_for, viewer_of
from leadline.web.words import counted

UNPROCESSABLE = 422
SHOWN = 120
MOST_BYTES = 20_000_000


@require_safe
@only_for(CONVERSIONS)
def money_page(request: HttpRequest) -> HttpResponse:
    """What was spent by month, and what currencies are worth."""
    return _page(request)


@require_POST
@only_for(CONVERSIONS)
def upload_money(request: HttpRequest) -> HttpResponse:
    """Take a CSV of spend or of rates in; with a wrong line nothing is written."""
    take = {"spend": _take_spend, "rates": _take_rates}.get(request.POST.get("what", ""))
    return _done(request, take or _nothing)


@require_POST
@only_for(CONVERSIONS)
def remove_rate(request: HttpRequest) -> HttpResponse:
    """Remove one rate."""
    posted = request.POST
    return _done(request, lambda engine, _: _removed(engine, posted.get("currency", ""), posted.get("day", "")))


def _done(request: HttpRequest, act: Callable[[Engine, HttpRequest], str]) -> HttpResponse:
    if not viewer_of(request).may(Permission.SET_CHANNELS):
        raise PermissionDenied
    try:
        done = act(runtime.running().engine, request)
    except LeadlineError as error:
        return _page(request, fault=str(error), what=request.POST.get("what", ""))
    return _page(request, done=done)


def _take_spend(engine: Engine, request: HttpRequest) -> str:
    kept = spend_import(engine, _text(request))
    told = f"{counted(kept['rows'], 'row')} for {counted(kept['days'], 'day')}, {kept['replaced']:,} were replaced."
    if unknown := kept["unknown_channels"]:
        told += f" No rule gives these channels, so no visit meets them: {', '.join(unknown)}."
    return told


def _take_rates(engine: Engine, request: HttpRequest) -> str:
    kept = rates_import(engine, _text(request))
    return f"{counted(kept['rates'], 'rate')}, {kept['replaced']:,} in place of others."


def _removed(engine: Engine, currency: str, day: str) -> str:
    rates_remove(engine, currency, day)
    return f"The rate of {currency} from {day} was removed."


def _nothing(engine: Engine, request: HttpRequest) -> str:  # noqa: ARG001  # as the others
    raise DocumentError("Say what the file holds: spend or rates.")


def _text(request: HttpRequest) -> str:
    """The file that was chosen, else what was pasted."""
    if (file := request.FILES.get("file")) is None:
        return request.POST.get("text", "")
    if (file.size or 0) > MOST_BYTES:
        raise DocumentError("The file is larger than 20 MB.", advice="Split it by days.")
    try:
        return bytes(file.read()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError("The file is not UTF-8 text.", advice="Save it as CSV UTF-8.") from error


def _page(request: HttpRequest, *, done: str = "", fault: str = "", what: str = "") -> HttpResponse:
    months = list(_months()[: SHOWN + 1])
    rates = list(ExchangeRate.objects.order_by("currency", "-from_day")[: SHOWN + 1])
    context: dict[str, Any] = {
        "currency": settings.CURRENCY,
        "months": months[:SHOWN],
        "more_months": len(months) > SHOWN,
        "spend": spend_show(runtime.running().engine),
        "rates": rates[:SHOWN],
        "more_rates": len(rates) > SHOWN,
        "may_edit": viewer_of(request).may(Permission.SET_CHANNELS),
        "done": done,
        "fault": fault,
        "what": what,
        "pasted": request.POST.get("text", "") if fault else "",
    }
    return render(request, "web/conversions/money.html", context, status=UNPROCESSABLE if fault else 200)


def _months() -> Any:
    """Spend by month, channel, campaign and currency, the latest and dearest first."""
    grouped = Spend.objects.annotate(month=TruncMonth("day")).values("month", "channel", "campaign", "currency")
    return grouped.annotate(amount=Sum("amount")).order_by("-month", "-amount", "channel", "campaign")
