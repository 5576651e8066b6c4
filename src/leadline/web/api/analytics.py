"""Reports and exports: every question that the pages answer, as JSON, CSV, XLSX or Parquet."""

from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Query, Router, Schema

from leadline.accounts.audit_notes import note
from leadline.accounts.permissions import Permission
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import NotFoundError
from leadline.pipeline import runtime
from leadline.web.api.asking import ask
from leadline.web.api.bodies import Body
from leadline.web.api.permissions import caller_of
from leadline.web.audited_reports import note_people
from leadline.web.downloads import download
from leadline.web.report_files import table_file
from leadline.web.report_sight import report_seen
from leadline.web.viewer import viewer_of
from leadline.web.views.exports import check_may_export, date_word, exported, may_export

analytics = Router(tags=["analytics"])
OWN = ("format", "table")
REFUSED = {
    "responses": {
        422: {"description": "A parameter can't be read: `{code, message, detail}`, the code `invalid_parameter`; of a "
                             "segment `segment`. `detail` says what it can be."}
    }
}  # fmt: skip


class ReportQuery(Schema):
    """A report's own parameters stand beside these: `GET /api/v1/analytics` lists them."""

    format: str = "json"
    table: str = ""


class ReportAsked(Body):
    """A report's own parameters, by name, and in which form it is wanted."""

    parameters: dict[str, str] = {}
    format: str = "json"
    table: str = ""


class ExportAsked(Body):
    """`format`: csv, xlsx or parquet; `segment`: whom; `period`: when, everything without one."""

    format: str = "csv"
    segment: str = ""
    period: str = ""
    zone: str = ""


@analytics.get("/analytics", summary="Every report, and what it can be asked")
def list_reports(request: HttpRequest) -> Any:
    """The names are the last part of a report's address."""
    caller_of(request, Permission.READ_BOARDS)
    return ask("report_kinds")


@analytics.get("/analytics/{kind}", summary="One report", openapi_extra=REFUSED)
def get_report(request: HttpRequest, kind: str, query: Query[ReportQuery]) -> Any:
    """As JSON; or, with `format`, one table of it (`table`, else its first) as csv, xlsx or parquet."""
    caller_of(request, Permission.READ_BOARDS)
    given = {name: str(text) for name, text in request.GET.items() if name not in OWN}
    return _report(request, kind, ReportAsked(parameters=given, format=query.format, table=query.table))


@analytics.post("/analytics/{kind}", summary="One report, asked by what no address may hold", openapi_extra=REFUSED)
def ask_report(request: HttpRequest, kind: str, asked: ReportAsked) -> Any:
    """The same: a segment by the name of a company or an owner stands in a body alone."""
    caller_of(request, Permission.READ_BOARDS)
    return _report(request, kind, asked)


@analytics.get("/exports", summary="Every table that can be exported")
def list_exports(request: HttpRequest) -> Any:
    """Of those that the caller may have; the names are the last part of an export's address."""
    caller = viewer_of(request)
    return [each for each in ask("export_tables") if may_export(caller, each["name"])]


@analytics.get("/exports/{table}", summary="A table as a file", openapi_extra=REFUSED)
def get_export(
    request: HttpRequest,
    table: str,
    format: str = "csv",  # noqa: A002  # the query's name
    segment: str = "",
    period: str = "",
    zone: str = "",  # the query's name
) -> Any:
    """`format`: csv, xlsx or parquet; `segment`: whom (`stage=qualified`); `period`: when, everything without one."""
    return _export(request, table, ExportAsked(format=format, segment=segment, period=period, zone=zone))


@analytics.post("/exports/{table}", summary="A table as a file, of whom no address may name", openapi_extra=REFUSED)
def ask_export(request: HttpRequest, table: str, asked: ExportAsked) -> Any:
    """The same: a segment by the name of a company or an owner stands in a body alone."""
    note(request, asked=",".join(sorted(asked.model_fields_set)))
    return _export(request, table, asked)


def _report(request: HttpRequest, kind: str, asked: ReportAsked) -> Any:
    if asked.format != "json":
        return _table_file(request, kind, asked)
    report = report_seen(runtime.running().engine, kind, asked.parameters, fresh=True)
    note_people(request, report)
    return report.as_dict()


def _table_file(request: HttpRequest, kind: str, asked: ReportAsked) -> StreamingHttpResponse:
    report = report_seen(runtime.running().engine, kind, asked.parameters)
    names = [table.name for table in report.tables]
    if not names or asked.table not in {"", *names}:
        raise NotFoundError(f"{kind} has no table {asked.table!r}.", advice=f"It has: {', '.join(names)}.")
    return table_file(request, report, asked.table or names[0], asked.format)


def _export(request: HttpRequest, table: str, asked: ExportAsked) -> StreamingHttpResponse:
    check_may_export(viewer_of(request), table)
    given = {name: text for name, text in asked.dict(exclude={"format"}).items() if text}
    file = exported(request, runtime.running().engine, table, asked.format, given)
    return download(request, file, asked.format, f"{table}-{date_word(utc_now().date())}")
