"""A report's tables and charts as files."""

import json
import tempfile

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse

from leadline.accounts.audit_notes import note
from leadline.accounts.audit_verbs import EXPORTED
from leadline.analytics.report import Report
from leadline.pipeline.exports.formats import write
from leadline.pipeline.exports.report_tables import reader_of
from leadline.web.downloads import download
from leadline.web.report_part import annotations

FORMS = ("svg", "png", "pdf")
IMAGE_TYPES = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf", "json": "application/json"}
IN_MEMORY = 1 << 20


def table_file(request: HttpRequest, report: Report, name: str, form: str) -> StreamingHttpResponse:
    """All rows of one of its tables.

    Raises:
        KeyError: the report has no such table.
        TerminalError: there is no such format.
    """
    table = report.table(name)
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # the response closes it
    try:
        note(request, EXPORTED, rows=write(reader_of(table), form, file))
    except BaseException:
        file.close()
        raise
    return download(request, file, form, f"{_named(report)}-{name}")


def chart_file(report: Report, number: int, form: str, theme: str) -> HttpResponse:
    """One of its charts.

    Raises:
        IndexError: the report has no such chart.
    """
    if form not in IMAGE_TYPES:
        raise Http404(f"There is no format {form}.")
    from leadline.analytics.charts import chart  # Altair and vl-convert: only who draws waits for them
    from leadline.pipeline.reports.drawing import draw

    spec = chart(report, report.charts[number], theme, annotations=annotations())
    body = json.dumps(spec).encode() if form == "json" else draw(spec, form)
    response = HttpResponse(body, content_type=IMAGE_TYPES[form])
    response.headers["Content-Disposition"] = f'inline; filename="{_named(report)}-{number + 1}.{form}"'
    return response


def _named(report: Report) -> str:
    return f"{report.kind}-{report.as_of:%Y-%m-%d}"
