"""The mapping of a connection: the editor, what is wrong with it while one types, its fields compared with the CRM's,
fields made there, one lead tried, and the dry run. Administrators write; the others read."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leadline.accounts.permissions import Permission
from leadline.crm.mapping import InvalidMappingError, faults, read_mapping
from leadline.crm.mapping_changes import changes
from leadline.kernel.errors import LeadlineError
from leadline.kernel.typed_numbers import number_of
from leadline.pipeline.crm import commands
from leadline.web.crm_shown import action_words, changed_lines, shown_connection, shown_faults
from leadline.web.editing import unix_lines
from leadline.web.viewer import CRM, check_may, only_for, viewer_of
from leadline.web.views.crm import found, kind_told, redirect_to
from leadline.web.views.studio import UNPROCESSABLE, engine, owner_of

DIFFERENCES_SHOWN = 50
LONGEST_LEAD = 200


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(CRM)
def crm_mapping(request: HttpRequest, name: str) -> HttpResponse:
    """The editor; a POST keeps the document."""
    if request.method != "POST":
        told = _kept(name)
        return _editor(request, name, told["text"], told["version"])
    check_may(request, Permission.SET_CRM)
    found(name)
    text, version = _typed(request)
    try:
        commands.crm_mapping_set(engine(), name, text, version, by=owner_of(request))
    except LeadlineError as error:
        fault = "It was not saved: mend what is listed first." if isinstance(error, InvalidMappingError) else str(error)
        return _editor(request, name, text, version, fault)
    return redirect_to(name, "mapping")


@require_POST
@only_for(CRM)
def crm_mapping_check(request: HttpRequest, name: str) -> HttpResponse:
    """What is wrong with a text as it was typed, and what it changes; for htmx. The CRM is not asked."""
    text, _ = _typed(request)
    return render(request, "web/crm/findings.html", {"connection": found(name), **_findings(name, text)})


@require_POST
@only_for(CRM)
def crm_mapping_compare(request: HttpRequest, name: str) -> HttpResponse:
    """The text as it was typed, compared with the fields that the CRM has; for htmx."""
    check_may(request, Permission.SET_CRM)
    text, _ = _typed(request)
    context: dict[str, Any] = {"connection": found(name), "can_make": _can_make(name)}
    try:
        told = commands.crm_mapping_check(engine(), name, text)
    except LeadlineError as error:
        return render(request, "web/crm/compared.html", {**context, "trouble": str(error)})
    context |= {"compared": True, "faults": shown_faults(text, told["problems"]), "would_make": told["would_make"]}
    context["unsaved"] = text != _kept(name)["text"]
    return render(request, "web/crm/compared.html", context)


@require_POST
@only_for(CRM)
def crm_mapping_make(request: HttpRequest, name: str) -> HttpResponse:
    """Make the fields in the CRM that the kept mapping names as ours; for htmx."""
    check_may(request, Permission.SET_CRM)
    context: dict[str, Any] = {"connection": found(name), "can_make": _can_make(name), "compared": True}
    try:
        told = commands.crm_mapping_make(engine(), name, by=owner_of(request))
    except LeadlineError as error:
        return render(request, "web/crm/compared.html", {**context, "compared": False, "trouble": str(error)})
    context |= {each: told[each] for each in ("would_make", "made", "refused")}
    context["faults"] = shown_faults(told["text"], told["problems"])
    return render(request, "web/crm/compared.html", context)


@require_POST
@only_for(CRM)
def crm_mapping_try(request: HttpRequest, name: str) -> HttpResponse:
    """What the text as it was typed would write of one lead; for htmx. Nothing is written."""
    check_may(request, Permission.SET_CRM)
    found(name)
    text, _ = _typed(request)
    lead = request.POST.get("lead", "").strip()[:LONGEST_LEAD]
    if not lead:
        return render(request, "web/crm/tried.html", {"trouble": "Say who: an e-mail address, a user id or a number."})
    try:
        difference = commands.crm_mapping_preview(engine(), name, lead, text)
    except InvalidMappingError:
        return render(request, "web/crm/tried.html", {"trouble": "Mend what is listed first."})
    except LeadlineError as error:
        return render(request, "web/crm/tried.html", {"trouble": str(error)})
    return render(request, "web/crm/tried.html", {"difference": difference, "words": action_words(difference)})


@require_safe
@only_for(CRM)
def crm_dry_run(request: HttpRequest, name: str) -> HttpResponse:
    """What a run would write now, and why not the rest. Reads only; the part with the answer comes after the page."""
    check_may(request, Permission.SET_CRM)
    context: dict[str, Any] = {"connection": shown_connection(found(name))}
    if not request.headers.get("HX-Request") and request.GET.get("now") != "1":
        return render(request, "web/crm/dry_run.html", context)
    try:
        told = commands.crm_diff(engine(), name, limit=DIFFERENCES_SHOWN)
    except LeadlineError as error:
        context["trouble"] = str(error)
    else:
        rows = [{**each, "words": action_words(each)} for each in told["differences"]]
        context |= {"told": told, "rows": rows, "more": len(rows) == DIFFERENCES_SHOWN}
    part = bool(request.headers.get("HX-Request"))
    return render(request, "web/crm/differences.html" if part else "web/crm/dry_run.html", {**context, "ready": True})


def _kept(name: str) -> dict[str, Any]:
    found(name)
    return commands.crm_mapping(engine(), name)


def _typed(request: HttpRequest) -> tuple[str, int]:
    """The document, and the version that it was made from."""
    version = request.POST.get("version", "")
    return unix_lines(request.POST.get("document", "")), number_of(version) or 0


def _can_make(name: str) -> bool:
    return "make_fields" in kind_told(found(name)["kind"])["can"]


def _findings(name: str, text: str) -> dict[str, Any]:
    """Faults of a document; of one without any, what it changes."""
    kept = _kept(name)["text"]
    wrong = faults(text)
    context: dict[str, Any] = {"lines": changed_lines(kept, text), "faults": wrong, "checked": True}
    if not wrong and not faults(kept):
        context["changes"] = changes(read_mapping(kept), read_mapping(text))
    return context


def _editor(request: HttpRequest, name: str, text: str, version: int, fault: str = "") -> HttpResponse:
    connection = shown_connection(found(name))
    context = {
        "connection": connection,
        "kind": kind_told(connection["kind"]),
        "text": text,
        "version": version,
        "fault": fault,
        "may_edit": viewer_of(request).may(Permission.SET_CRM),
        "can_make": _can_make(name),
        **_findings(name, text),
    }
    return render(request, "web/crm/mapping.html", context, status=UNPROCESSABLE if fault else 200)
