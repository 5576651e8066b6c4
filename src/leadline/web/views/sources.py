"""Event sources: the list, and one with its volume, keys and settings. Marketing reads, administrators edit."""

import os

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leadline.accounts.permissions import Permission
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import ConfigurationError, LeadlineError, NotFoundError
from leadline.project.one_port import COLLECT_PORT
from leadline.project.one_port import VARIABLE as ONE_PORT
from leadline.tracking import sources
from leadline.tracking.models import EventSource
from leadline.tracking.sources import SourceSettings, settings_of
from leadline.web.queries.sources import find_source, list_sources, source_report
from leadline.web.viewer import SOURCES, check_may, only_for, viewer_of, zone_of
from leadline.web.volume import HOURS, SPANS

USUAL_PORT = "8001"
"""Of a collector that was not started with the pages."""
UNPROCESSABLE = 422
DONE = {
    "made": "The source is made. It needs a write key before anything can come in.",
    "settings": "Saved. Collectors follow within a second.",
    "revoked": "The key is revoked. Whoever still uses it gets 401 within a second.",
}


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(SOURCES)
def sources_page(request: HttpRequest) -> HttpResponse:
    """All sources; a POST makes one."""
    fault = ""
    name = request.POST.get("name", "").strip()
    if request.method == "POST":
        check_may(request, Permission.SET_SOURCES)
        try:
            sources.create_source(name)
            return _back(name, "made")
        except ConfigurationError as error:
            fault = str(error)
    context = {
        "rows": list_sources(utc_now()),
        "may_edit": viewer_of(request).may(Permission.SET_SOURCES),
        "fault": fault,
        "name": name,
    }
    return render(request, "web/sources/page.html", context, status=UNPROCESSABLE if fault else 200)


@require_safe
@only_for(SOURCES)
def source_page(request: HttpRequest, name: str) -> HttpResponse:
    """One source."""
    return _page(request, name, done=DONE.get(request.GET.get("done", ""), ""))


@require_POST
@only_for(SOURCES)
def make_key(request: HttpRequest, name: str) -> HttpResponse:
    """A new write key, shown in the answer and never again."""
    check_may(request, Permission.SET_SOURCES)
    find_source(name)
    response = _page(request, name, new_key=sources.create_key(name), collector=_collector(request))
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
@only_for(SOURCES)
def revoke_key(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Revoke a key whose ending was typed to confirm it."""
    check_may(request, Permission.SET_SOURCES)
    source = find_source(name)
    try:
        _check_typed(source, number, request.POST.get("ending", ""))
        sources.revoke_key_of(source, number)
    except LeadlineError as error:
        return _page(request, name, fault=str(error))
    return _back(name, "revoked")


@require_POST
@only_for(SOURCES)
def set_source(request: HttpRequest, name: str) -> HttpResponse:
    """Mode, test, origins and rate."""
    check_may(request, Permission.SET_SOURCES)
    find_source(name)
    try:
        sources.configure(name, _wanted(request.POST))
    except ConfigurationError as error:
        return _page(request, name, fault=str(error), given=request.POST)
    return _back(name, "settings")


def _page(
    request: HttpRequest, name: str, fault: str = "", given: QueryDict | None = None, **extra: str
) -> HttpResponse:
    span = next((each for each in SPANS if each.key == request.GET.get("span")), HOURS)
    report = source_report(name, span, utc_now(), zone_of(request))
    context = {
        "report": report,
        "source": report.source,
        "spans": SPANS,
        "modes": EventSource.Mode.choices,
        "form": _shown(settings_of(report.source), given),
        "may_edit": viewer_of(request).may(Permission.SET_SOURCES),
        "fault": fault,
        **extra,
    }
    return render(request, "web/sources/one.html", context, status=UNPROCESSABLE if fault else 200)


def _wanted(post: QueryDict) -> SourceSettings:
    rate = post.get("rate", "").strip() or "0"
    if not rate.isdecimal() or len(rate) > len(str(sources.HIGHEST_RATE)):
        raise ConfigurationError(f"The rate {rate[:20]!r} is no whole number.", advice="Leave it empty for no limit.")
    origins = tuple(post.get("origins", "").split())
    return SourceSettings(post.get("mode", ""), post.get("test") == "on", origins, int(rate))


def _shown(now: SourceSettings, given: QueryDict | None) -> dict[str, object]:
    """What the form shows: what was typed when it was refused, else what is set."""
    if given is not None:
        typed = {name: given.get(name, "") for name in ("mode", "origins", "rate")}
        return {**typed, "test": given.get("test") == "on"}
    return {"mode": now.mode, "test": now.test, "origins": "\n".join(now.origins), "rate": now.rate or ""}


def _check_typed(source: EventSource, number: int, typed: str) -> None:
    key = source.keys.filter(pk=number).first()
    if key is None:
        raise NotFoundError(f"{source.name} has no such write key.", advice="Load the page again.")
    if typed.strip().lstrip("…") != key.ending:
        raise ConfigurationError("The key was not revoked.", advice=f"Type its last four characters: {key.ending}")


def _back(name: str, done: str) -> HttpResponse:
    return redirect(f"{reverse('sources_one', args=[name])}?{urlencode({'done': done})}")


def _collector(request: HttpRequest) -> str:
    """Where events go without a proxy: the page's own host, on the collector's port."""
    if os.environ.get(ONE_PORT) == "1":
        return f"{request.scheme}://{request.get_host()}"
    return f"{request.scheme}://{request.get_host().rsplit(':', 1)[0]}:{os.environ.get(COLLECT_PORT, USUAL_PORT)}"
