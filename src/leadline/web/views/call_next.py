"""Call next."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from leadline.accounts.audit_notes import note
from leadline.kernel.clock import utc_now
from leadline.web.keyset import COUNT_CAP
from leadline.web.queries.call_next import call_next
from leadline.web.viewer import CALL_NEXT, only_for, viewer_of

MINE = "mine"


@require_safe
@only_for(CALL_NEXT)
def call_next_page(request: HttpRequest) -> HttpResponse:
    """Whom to contact, what is overdue first, then the latest signal."""
    mine = request.GET.get("owner") == MINE
    owner = viewer_of(request) if mine else None
    found = call_next(utc_now(), request.GET.get("after", ""), owner)
    note(request, rows=len(found.rows))
    context = {
        "list": found,
        "mine": mine,
        "first": _address(mine, ""),
        "next": _address(mine, found.next_cursor) if found.next_cursor else "",
        "cap": COUNT_CAP,
    }
    return render(request, "web/call_next/page.html", context)


def _address(mine: bool, after: str) -> str:
    words = {"owner": MINE if mine else "", "after": after}
    return "?" + urlencode({name: value for name, value in words.items() if value})
