"""The audit trail: who saw, changed, exported or erased what; checked and taken along."""

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from leadline.accounts.audit import Via, fields_in_order, verify
from leadline.accounts.audit_export import CONTENT_TYPES, write
from leadline.accounts.audit_find import AuditFilter
from leadline.accounts.audit_guard import is_guarded
from leadline.accounts.audit_notes import note
from leadline.accounts.audit_verbs import VERBS
from leadline.accounts.audit_words import further_words, names_of, what_about, what_was_done, who_did
from leadline.accounts.models import AuditEntry, User
from leadline.accounts.permissions import Permission
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import TerminalError
from leadline.privacy.models import SubjectRequest
from leadline.tracking.models import Lead
from leadline.web.audited_things import KINDS
from leadline.web.downloads import download
from leadline.web.keyset import COUNT_CAP, capped_count, page_after
from leadline.web.viewer import AUDIT, only_for, viewer_of, zone_of
from leadline.web.views.exports import date_word

IN_MEMORY = 1 << 20
WAYS = {Via.PAGE: "on a page", Via.API: "through the API", Via.CLI: "on the command line", Via.SERVER: "by itself"}

PAGES: Mapping[str, tuple[str, Permission, Any]] = {
    "lead": ("leads_one", Permission.READ_LEADS, Lead),
    "user": ("users_one", Permission.SET_USERS, User),
    "request": ("privacy_requests_one", Permission.READ_PRIVACY, SubjectRequest),
}
"""What entries are about that has a page: its name, what it takes to see it, and the rows there are."""


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry in words. `page` is the address of what it is about; empty for none."""

    entry: AuditEntry
    who: str
    did: str
    about: str
    way: str
    further: tuple[tuple[str, str], ...]
    page: str


@require_safe
@only_for(AUDIT)
def audit_page(request: HttpRequest) -> HttpResponse:
    """Entries, the latest first; to htmx only the list."""
    wanted = _wanted(request)
    page = page_after(wanted.entries(), ["-number"], request.GET.get("after", ""))
    note(request, rows=len(page.rows))
    context: dict[str, object] = {
        "rows": _rows(page.rows, viewer_of(request)),
        "count": capped_count(wanted.entries()),
        "cap": COUNT_CAP,
        "query": _query(wanted.words),
        "next": _query({**wanted.words, "after": page.next_cursor}) if page.next_cursor else "",
        "forms": CONTENT_TYPES,
        "wanted": wanted.words,
    }
    is_part = bool(request.headers.get("HX-Request"))
    context |= {} if is_part else _controls()
    response = render(request, "web/audit/results.html" if is_part else "web/audit/page.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@only_for(AUDIT)
def audit_check(request: HttpRequest) -> HttpResponse:
    """Whether every entry is as it was written."""
    context = {"verdict": verify(), "guarded": is_guarded(connection), "at": utc_now()}
    part = bool(request.headers.get("HX-Request"))
    return render(request, "web/audit/verdict.html" if part else "web/audit/check.html", context)


@require_safe
@only_for(AUDIT)
def audit_file(request: HttpRequest, form: str) -> StreamingHttpResponse:
    """The entries that the filters ask for, the oldest first."""
    if form not in CONTENT_TYPES:
        raise Http404(f"There is no format {form}.")
    wanted = _wanted(request)
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # the response closes it
    try:
        note(request, rows=write(fields_in_order(wanted.entries()), form, file))
    except BaseException:
        file.close()
        raise
    return download(request, file, form, f"audit-{date_word(utc_now().date())}", CONTENT_TYPES[form])


def _wanted(request: HttpRequest) -> AuditFilter:
    try:
        return AuditFilter.of({name: str(text) for name, text in request.GET.items()}, zone_of(request))
    except TerminalError as error:
        raise BadRequest(str(error)) from error


def _rows(entries: Iterable[AuditEntry], viewer: User) -> list[EntryRow]:
    shown = list(entries)
    names, pages = names_of(shown), _pages(shown, viewer)
    return [_row(entry, names, pages.get((entry.about, entry.about_number), "")) for entry in shown]


def _pages(entries: Iterable[AuditEntry], viewer: User) -> dict[tuple[str, int | None], str]:
    """The addresses of what entries are about, as far as it is still there and for the viewer. One query for a kind."""
    about = {(entry.about, entry.about_number) for entry in entries}
    found: dict[tuple[str, int | None], str] = {}
    for kind, (page, needed, model) in PAGES.items():
        numbers = [number for each, number in about if each == kind]
        if numbers and viewer.may(needed):
            there = model.objects.filter(pk__in=numbers).values_list("pk", flat=True)
            found |= {(kind, number): reverse(page, args=[number]) for number in there}
    return found


def _row(entry: AuditEntry, names: Mapping[int, str], page: str) -> EntryRow:
    return EntryRow(
        entry=entry,
        who=who_did(entry, names),
        did=what_was_done(entry),
        about=what_about(entry),
        way=WAYS[Via(entry.via)],
        further=tuple(further_words(entry)),
        page=page,
    )


def _controls() -> dict[str, object]:
    return {
        "verbs": VERBS,
        "ways": {way.value: words for way, words in WAYS.items()},
        "users": [(str(user.pk), str(user)) for user in User.objects.order_by("name", "email")],
        "kinds": sorted({*KINDS.values(), "entry"}),
        "anybody": AuditEntry.objects.exists(),
    }


def _query(words: Mapping[str, str]) -> str:
    return f"?{urlencode(words)}"
