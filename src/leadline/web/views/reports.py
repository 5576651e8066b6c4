"""Reports: which there are, one as a page, parts of it for other pages, and its tables and charts as files."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_safe

from leadline.analytics.models import Annotation
from leadline.analytics.report import Report, ValueKind
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import LeadlineError, NotFoundError, TerminalError
from leadline.pipeline import runtime
from leadline.pipeline.exports.formats import CONTENT_TYPES
from leadline.pipeline.reports.catalogue import ReportKind, kind_of, kinds
from leadline.web.audited_reports import note_people
from leadline.web.report_files import FORMS, chart_file, table_file
from leadline.web.report_filter import controls, given_of, suggestions
from leadline.web.report_groups import grouped
from leadline.web.report_part import ALL, BRIEF, Part, part_of
from leadline.web.report_query import chosen, report_query, to_asked
from leadline.web.report_sight import kept_report_seen, report_seen
from leadline.web.viewer import BOARDS, REPORTS, only_for, zone_of

UNPROCESSABLE = 422
TIME = frozenset({ValueKind.DAY, ValueKind.MOMENT})


@require_safe
@only_for(REPORTS)
def reports_page(request: HttpRequest) -> HttpResponse:
    """Every report with its question."""
    return render(request, "web/reports/list.html", {"groups": grouped(kinds().values())})


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(REPORTS)
def report_page(request: HttpRequest, kind: str) -> HttpResponse:
    """One report with its filters, which are sent here. What is not computed yet fills its room later; htmx, which the
    filters use, waits for it."""
    found = _kind(kind)
    if request.method == "POST":
        return to_asked(request, found)
    given = given_of(found, request.GET)
    context = {
        "kind": found.name,
        "label": found.label,
        "question": found.question,
        "definition": found.definition,
        "controls": controls(found, given),
        "query": report_query(given),
        "pinning": True,
        "forms": FORMS,
        **_happened(),
    }
    try:
        engine = runtime.running().engine
        waits = bool(request.headers.get("HX-Request") or request.GET.get("whole"))
        report = (report_seen if waits else kept_report_seen)(engine, found.name, given)
        note_people(request, report)
        context |= {"suggestions": suggestions(engine, found), **_shown(request, report)}
    except LeadlineError as error:
        context |= _fault(error)
    response = render(request, "web/reports/page.html", context, status=UNPROCESSABLE if _is_final(context) else 200)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@only_for(BOARDS)
def report_part(request: HttpRequest, kind: str) -> HttpResponse:
    """What `show` names of one report, for a slot of a page. A fault is said in the slot: htmx shows no answer that is
    an error."""
    found = _kind(kind)
    given = given_of(found, request.GET)
    height, show = request.GET.get("height", ""), request.GET.get("show", BRIEF)
    asked = report_query(given)
    context: dict[str, Any] = {"kind": found.name, "query": asked, "height": height, "forms": FORMS}
    context["again"] = reverse("reports_one", args=[found.name]) + (f"?{asked}" if asked else "")
    try:
        report = report_seen(runtime.running().engine, found.name, given)
        note_people(request, report)
        context["part"] = _part(request, report, show, height)
    except LeadlineError as error:
        context |= _fault(error)
    in_slot = request.headers.get("HX-Request")
    return render(request, "web/reports/filled.html" if in_slot else "web/reports/alone.html", context)


@require_safe
@only_for(BOARDS)
def report_table(request: HttpRequest, kind: str, name: str, form: str) -> StreamingHttpResponse:
    """All rows of one table as CSV, XLSX or Parquet."""
    if form not in CONTENT_TYPES:
        raise Http404(f"There is no format {form}.")
    report = _asked(request, kind)
    try:
        return table_file(request, report, name, form)
    except KeyError as error:
        raise Http404(f"The report has no table {name}.") from error


@require_safe
@only_for(BOARDS)
def report_chart(request: HttpRequest, kind: str, number: int, form: str) -> HttpResponse:
    """One chart, as an image or as its Vega-Lite specification."""
    report = _asked(request, kind)
    try:
        return chart_file(report, number, form, "dark" if request.GET.get("theme") == "dark" else "light")
    except IndexError as error:
        raise Http404(f"The report has no chart {number}.") from error


def _asked(request: HttpRequest, kind: str) -> Report:
    """A report for a file of it; an address that can't be read is told as such."""
    found = _kind(kind)
    try:
        return report_seen(runtime.running().engine, found.name, given_of(found, request.GET))
    except TerminalError as error:
        raise BadRequest(str(error)) from error


def _shown(request: HttpRequest, report: Report | None) -> dict[str, Any]:
    if report is None:
        return {}
    found = kind_of(report.kind)
    has_time = any(column.kind in TIME for table in report.tables for column in table.columns)
    query = report_query(chosen(found, report.wanted))
    part = part_of(report, ALL, zone=zone_of(request))
    return {"part": part, "controls": controls(found, report.wanted), "query": query, "has_time": has_time}


def _happened() -> dict[str, object]:
    return {"annotations": Annotation.objects.order_by("-day", "-pk"), "today": utc_now().date()}


def _part(request: HttpRequest, report: Report, show: str, height: str) -> Part:
    try:
        return part_of(report, show, height, zone_of(request))
    except KeyError as error:
        raise Http404(f"The report has no part {show}.") from error


def _fault(error: LeadlineError) -> dict[str, object]:
    return {"fault": str(error), "advice": "", "final": not error.transient}


def _is_final(context: Mapping[str, object]) -> bool:
    return bool(context.get("final"))


def _kind(name: str) -> ReportKind:
    try:
        return kind_of(name)
    except NotFoundError as error:
        raise Http404(str(error)) from error
