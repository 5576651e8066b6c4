"""Exports: which tables there are, and one of them as a file."""

import tempfile
from datetime import date
from typing import IO

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from leadline.accounts.audit_notes import note
from leadline.accounts.models import User
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import LeadlineError
from leadline.pipeline import runtime
from leadline.pipeline.engine import Engine
from leadline.pipeline.exports.exporting import write_export
from leadline.pipeline.exports.formats import CONTENT_TYPES
from leadline.pipeline.exports.tables import TABLES, table_named
from leadline.web.asked import query
from leadline.web.downloads import download
from leadline.web.naming_segments import text_in_address
from leadline.web.sealed_search import opened
from leadline.web.viewer import EXPORTS, LEADS, only_for, pages_of, viewer_of

ASKED = ("segment", "period", "zone")


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(EXPORTS)
def exports_page(request: HttpRequest) -> HttpResponse:
    """Every table, with its formats. Its form is posted, and leads to the address that says the same."""
    asked = _asked(request.POST if request.method == "POST" else request.GET)
    words = {**asked, "segment": text_in_address(asked["segment"])}
    if request.method == "POST":
        return redirect(f"{reverse('exports')}?{query(words)}")
    context = {
        "tables": TABLES.values(),
        "formats": CONTENT_TYPES,
        "asked": asked,
        "query": query(words),
        "whom": query({"segment": words["segment"]}),
    }
    return render(request, "web/exports/page.html", context)


@require_safe
def export_one(request: HttpRequest, table: str, kind: str) -> StreamingHttpResponse:
    """A file, streamed once it is whole, so that nobody gets half a table for all of it."""
    if table not in TABLES:
        raise Http404
    check_may_export(viewer_of(request), table)
    asked = {name: text for name, text in _asked(request.GET).items() if text}
    try:
        file = exported(request, runtime.running().engine, table, kind, asked)
    except LeadlineError as error:
        if error.transient:
            raise
        raise BadRequest(str(error)) from error
    return download(request, file, kind, f"{table}-{date_word(utc_now().date())}")


def _asked(given: QueryDict) -> dict[str, str]:
    return {name: opened(given.get(name, "").strip()) for name in ASKED}


def check_may_export(user: User, table: str) -> None:
    """Whoever uses the list of leads may take leads with them; the rest is for those who report.

    Raises:
        PermissionDenied: their role does not.
    """
    if not may_export(user, table):
        raise PermissionDenied("Your role does not export this.")


def may_export(user: User, table: str) -> bool:
    """Whether somebody's role exports a table."""
    return (LEADS if table_named(table).personal else EXPORTS) in pages_of(user)


def exported(request: HttpRequest, engine: Engine, table: str, kind: str, asked: dict[str, str]) -> IO[bytes]:
    """The file, in the data folder's own temporary folder and without a name there: gone when it is closed."""
    folder = engine.data / "tmp"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # the response closes it
    try:
        note(request, rows=write_export(engine, table, kind, asked, file))
    except BaseException:
        file.close()
        raise
    return file


def date_word(day: date) -> str:
    """A day as file names have it."""
    return f"{day:%Y-%m-%d}"
