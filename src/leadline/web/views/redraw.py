"""The Scoring studio's answer to each change of a draft: what the rules as typed would do. Nothing is saved."""

import itertools
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from leadline.kernel.clock import utc_now
from leadline.kernel.errors import LeadlineError
from leadline.pipeline.trying import OutdatedError, try_rules
from leadline.web.editing import DraftForm
from leadline.web.redraw import Document, grade_bins, named_movers, read_document, rows_context, shapes, stage_bins
from leadline.web.viewer import STUDIO, only_for, viewer_of
from leadline.web.views.studio import engine

TEMPLATE = "web/studio/redraw.html"
NOTHING_NEW = 204
_numbers = itertools.count()
_latest: dict[tuple[int, str], int] = {}
"""User and page -> the newest question; the browser has given up those before it."""


@require_POST
@only_for(STUDIO)
def redraw(request: HttpRequest) -> HttpResponse:
    """Distributions, qualified leads a day and movers; with them the document as edited, or its rows drawn again when
    the document itself was typed."""
    form = DraftForm.of(request.POST)
    try:
        text = form.edited().document
    except LeadlineError as error:
        return render(request, TEMPLATE, {"trouble": str(error)})
    document = read_document(text)
    context = {"edited": text, "by_fields": form.has_typed, "open": True, **rows_context(document)}
    try:
        return render(request, TEMPLATE, context | _drawn(document, _newest(request)))
    except OutdatedError:
        return HttpResponse(status=NOTHING_NEW)


def _newest(request: HttpRequest) -> Callable[[], bool]:
    """Says whether this is still the newest question of its page."""
    asked_by, number = (viewer_of(request).pk, request.headers.get("HX-Current-URL", "")), next(_numbers)
    _latest[asked_by] = number
    return lambda: _latest.get(asked_by) == number


def _drawn(document: Document, is_asked: Callable[[], bool]) -> dict[str, object]:
    if document.trouble:
        return {"trouble": document.trouble}
    if document.ruleset is None:
        return {"faults": document.faults}
    try:
        tried = try_rules(engine(), document.ruleset, utc_now(), is_asked)
    except OutdatedError:
        raise
    except LeadlineError as error:
        return {"trouble": str(error)}
    return {
        "tried": tried,
        "grades": grade_bins(document.ruleset, tried.grades),
        "stages": stage_bins(tried.stages),
        "movers": named_movers(tried.movers),
        "shapes": shapes(document.ruleset, tried),
    }
