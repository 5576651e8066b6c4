"""Exports: which tables there are, and one of them as a file."""

import tempfile
from datetime import date
from typing import IO

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from leadline.accounts.audit_notes import note
from leadline.accounts.models import User
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import LeadlineError
from leadline.pipeline import runtime
from leadline.pipeline.engine import Engine
from leadline.pipeline.exports.exporting import write_export
from leadline.pipeline.exports.formats import CONTENT_TYPES
from leadline.pipeline.exports.tables import TABLES, table_named
from leadline.web.downloads import download
from leadline.web.viewer import EXPORTS, LEADS, only_for, pages_of, viewer_of

ASKED = ("segment", "period", "zone")


@require_safe
@only_for(EXPORTS)
def exports_page(request: HttpRequest) -> HttpResponse:
    """Every table, with its formats."""
    asked = {name: request.GET.get(name, "") for name in ASKED}
    context = {"tables": TABLES.values(), "formats": CONTENT_TYPES, "asked": asked, "query": request.GET.urlencode()}
    return render(request, "web/exports/page.html", context)


@require_safe
def export_one(request: HttpRequest, table: str, kind: str) -> StreamingHttpResponse:
    """A file, streamed once it is whole, so that nobody gets half a table for all of it."""
    if table not in TABLES:
        raise Http404
    check_may_export(viewer_of(request), table)
    asked = {name: request.GET[name] for name in ASKED if request.GET.get(name)}
    try:
        file = exported(request, runtime.running().engine, table, kind, asked)
    except LeadlineError as error:
        if error.transient:
            raise
        raise BadRequest(str(error)) from error
    return download(request, file, kind, f"{table}-{date_word(utc_now().date())}")


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
