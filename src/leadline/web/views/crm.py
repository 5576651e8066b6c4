"""CRM connections: the list, one of them, connecting another. Sales and marketing see how they are, administrators
change them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leadline.accounts.permissions import Permission
from leadline.kernel.errors import LeadlineError, NotFoundError, TerminalError
from leadline.kernel.typed_numbers import number_of
from leadline.pipeline.crm import commands, hurrying, sandbox
from leadline.pipeline.crm.running import BACKFILL
from leadline.pipeline.jobs import OVER
from leadline.pipeline.models import Job
from leadline.web.crm_shown import STATES, folded_runs, sent_of, shown_connection
from leadline.web.viewer import CRM, check_may, only_for, viewer_of
from leadline.web.views.studio import UNPROCESSABLE, engine, owner_of

RUNS_READ = 100
MOST_PAGES = 1_000
JOBS_SEARCHED = 20
EVERY = (("30", "30 seconds"), ("60", "minute"), ("300", "5 minutes"), ("900", "15 minutes"), ("3600", "hour"))
DONE = {
    "made": "Connected. Test it before the first run sends anything.",
    "changed": "Saved.",
    "on": "It runs again.",
    "off": "Paused. Nothing is sent and nothing comes back until it goes on.",
    "sync": "A run begins within a second.",
    "mapping": "Saved. The next run looks at every lead once.",
    "retried": "They are sent again by the next run, within a second.",
}


@require_safe
@only_for(CRM)
def crm_page(request: HttpRequest) -> HttpResponse:
    """Every connection and how it is."""
    rows = [
        {**shown_connection(each), "sent": sent_of(each["last_run"])} for each in commands.crm_connections(engine())
    ]
    context = {"rows": rows, "sandboxes": sandbox.sandboxes(), "may_edit": viewer_of(request).may(Permission.SET_CRM)}
    context |= {"removed": request.GET.get("removed", "")[:40]}
    return render(request, "web/crm/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(CRM)
def crm_new(request: HttpRequest) -> HttpResponse:
    """Which CRM, then what it needs to know; a POST makes the connection."""
    check_may(request, Permission.SET_CRM)
    kinds = {each["name"]: each for each in commands.crm_kinds(engine())}
    kind = kinds.get((request.POST if request.method == "POST" else request.GET).get("kind", ""))
    if request.method != "POST" or kind is None:
        return _form(request, list(kinds.values()), kind, {})
    post = request.POST
    try:
        settings, secrets = _given(post, kind)
        name = post.get("name", "").strip()
        seconds = _seconds(post)
        made = commands.crm_connect(
            engine(), name, kind["name"], settings, secrets, every_seconds=seconds, enabled=False, by=owner_of(request)
        )
    except LeadlineError as error:
        return _form(request, list(kinds.values()), kind, post.dict(), str(error))
    return redirect_to(made["name"], "made")


@require_safe
@only_for(CRM)
def crm_one(request: HttpRequest, name: str) -> HttpResponse:
    """One connection."""
    return one(request, name, done=DONE.get(request.GET.get("done", ""), ""))


@require_safe
@only_for(CRM)
def crm_state(request: HttpRequest, name: str) -> HttpResponse:
    """How it is and its runs, for htmx: asked again while a run is at work or about to begin."""
    return render(request, "web/crm/state.html", _state(request, name))


@require_POST
@only_for(CRM)
def crm_set(request: HttpRequest, name: str) -> HttpResponse:
    """Change settings and how often it runs. Secrets that are left empty stay."""
    check_may(request, Permission.SET_CRM)
    kind = kind_told(found(name)["kind"])
    try:
        settings, secrets = _given(request.POST, kind, changing=True)
        commands.crm_change(
            engine(), name, settings, secrets, every_seconds=_seconds(request.POST), by=owner_of(request)
        )
    except LeadlineError as error:
        return one(request, name, fault=str(error), given=request.POST.dict())
    return redirect_to(name, "changed")


@require_POST
@only_for(CRM)
def crm_act(request: HttpRequest, name: str) -> HttpResponse:
    """Test it, run it, pause it, let it go on, order a backfill, or remove it."""
    check_may(request, Permission.SET_CRM)
    found(name)
    act, by = request.POST.get("act", ""), owner_of(request)
    try:
        if act == "test":
            return one(request, name, tested=commands.crm_test(engine(), name))
        if act == "remove":
            _check_typed(name, request.POST.get("typed", ""))
            commands.crm_remove(engine(), name, by)
            return redirect(f"/crm?removed={name}")
        _act(name, act, by)
    except LeadlineError as error:
        return one(request, name, fault=str(error))
    return redirect_to(name, act)


def _act(name: str, act: str, by: str) -> None:
    if act in ("on", "off"):
        commands.crm_change(engine(), name, enabled=act == "on", by=by)
    elif act == "backfill":
        commands.crm_backfill(engine(), name, by)
    elif act == "sync":
        hurrying.crm_hurry(engine(), name)
    else:
        raise TerminalError(f"{act[:40]!r} is nothing that is done with a connection.", advice="Load the page again.")


def found(name: str) -> dict[str, Any]:
    """A connection.

    Raises:
        Http404: there is none of this name.
    """
    try:
        return commands.crm_connection(engine(), name)
    except NotFoundError as error:
        raise Http404(error.message) from error


def kind_told(name: str) -> dict[str, Any]:
    """A kind; one that is gone has no settings."""
    kinds = commands.crm_kinds(engine())
    none = {"name": name, "label": name, "settings": [], "can": [], "guide": ""}
    return next((each for each in kinds if each["name"] == name), none)


def one(request: HttpRequest, name: str, **more: Any) -> HttpResponse:
    """The page of a connection."""
    context = {**_state(request, name), "states": STATES, "every": EVERY, **more}
    given = more.get("given") or {}
    connection, kind = context["connection"], context["kind"]
    context["settings"] = [
        {**each, "value": given.get(each["name"], connection["settings"].get(each["name"], ""))}
        | {"set": each["name"] in connection["secrets"]}
        for each in kind["settings"]
    ]
    context["known_interval"] = str(connection["every_seconds"]) in dict(EVERY)
    context["jobs"] = [
        job for job in Job.objects.filter(kind=BACKFILL).order_by("-pk")[:JOBS_SEARCHED] if _is_of(job, name)
    ][:1]
    return render(request, "web/crm/one.html", context, status=UNPROCESSABLE if more.get("fault") else 200)


def _state(request: HttpRequest, name: str) -> dict[str, Any]:
    connection = shown_connection(found(name))
    page = _page(request)
    runs = commands.crm_runs(engine(), name, RUNS_READ + 1, page * RUNS_READ)
    soon = connection["health"] == "working" or (connection["enabled"] and connection["last_run_at"] is None)
    return {
        "connection": connection,
        "kind": kind_told(connection["kind"]),
        "runs": folded_runs(runs[:RUNS_READ]),
        "older": page + 1 if len(runs) > RUNS_READ else 0,
        "page": page,
        "soon": soon and connection["health"] != "stopped",
        "may_edit": viewer_of(request).may(Permission.SET_CRM),
    }


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return min(number_of(text) or 0, MOST_PAGES)


def _is_of(job: Job, name: str) -> bool:
    return bool(job.arguments.get("connection") == name and job.state not in OVER)


def _form(
    request: HttpRequest,
    kinds: list[dict[str, Any]],
    kind: dict[str, Any] | None,
    given: dict[str, str],
    fault: str = "",
) -> HttpResponse:
    settings = [
        {**each, "value": "" if each["secret"] else given.get(each["name"], each["default"])}
        for each in (kind or {}).get("settings", [])
    ]
    context = {"kinds": kinds, "kind": kind, "settings": settings, "given": given, "fault": fault, "every": EVERY}
    return render(request, "web/crm/new.html", context, status=UNPROCESSABLE if fault else 200)


def _given(post: QueryDict, kind: dict[str, Any], *, changing: bool = False) -> tuple[dict[str, str], dict[str, str]]:
    """Settings and secrets of a form. A secret that is left empty stays what it is."""
    settings, secrets = dict[str, str](), dict[str, str]()
    for each in kind["settings"]:
        text = post.get(each["name"], "").replace("\r\n", "\n").strip()
        if not each["secret"]:
            settings[each["name"]] = text
        elif text or not changing:
            secrets[each["name"]] = text
    return settings, secrets


def _seconds(post: QueryDict) -> int:
    text = post.get("every_seconds", "60").strip()
    if (seconds := number_of(text)) is None:
        raise TerminalError(f"{text[:20]!r} is no number of seconds.", advice="Choose one.")
    return seconds


def _check_typed(name: str, typed: str) -> None:
    if typed.strip() != name:
        raise TerminalError("The connection was not removed.", advice=f"Type its name to confirm it: {name}")


def redirect_to(name: str, done: str) -> HttpResponse:
    """Back to a connection, with a word about what was done."""
    return redirect(f"/crm/connections/{name}?done={done}")
