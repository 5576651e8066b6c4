"""Quarantine: messages that could not become events; one of them; repairing and replaying one or many."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_safe

from leadline.kernel.clock import utc_now
from leadline.kernel.errors import LeadlineError, NotFoundError, TransientError
from leadline.pipeline import runtime
from leadline.pipeline.engine import Engine
from leadline.pipeline.quarantine import ANY, MOST_TRIED, VALID, HeldFilter, Trial, held, replay, try_out, unrepairable
from leadline.pipeline.quarantine import verdict as verdict_on
from leadline.tracking.models import QuarantinedMessage
from leadline.tracking.quarantine import UNDECODABLE
from leadline.tracking.repair import CAST_TYPES, RepairError, Step
from leadline.web import repair_form
from leadline.web.keyset import COUNT_CAP
from leadline.web.queries.quarantine import (
    SPANS,
    STATES,
    choices,
    count_held,
    held_messages,
    query_of,
    wanted_of,
)
from leadline.web.repair_form import ADD, PREVIEW, REPLAY, WORDS, StepRow, changed_lines, paths_in, pretty
from leadline.web.viewer import QUARANTINE, SYSTEM, only_for

UNPROCESSABLE = 422
BYTES_SHOWN = 4_000


@dataclass(frozen=True, slots=True)
class Repair:
    """What the repair form says back. `trial` is None before anything was tried."""

    rows: list[StepRow]
    trial: Trial | None = None
    fault: str = ""

    @property
    def is_done(self) -> bool:
        """Whether messages were sent again."""
        return self.trial is not None and self.trial.replayed > 0


@require_safe
@only_for(QUARANTINE)
def quarantine_page(request: HttpRequest) -> HttpResponse:
    """The messages; to htmx only the list."""
    wanted, now = wanted_of(request.GET), utc_now()
    page = held_messages(wanted, request.GET.get("after", ""), now)
    context = {
        "wanted": wanted,
        "held": page.rows,
        "count": count_held(wanted, now),
        "cap": COUNT_CAP,
        "choices": choices(wanted, now),
        "spans": SPANS,
        "states": STATES,
        "query": query_of(wanted),
        "next": query_of(wanted, page.next_cursor) if page.next_cursor else "",
        "anybody": bool(page.rows) or QuarantinedMessage.objects.exists(),
    }
    template = "web/quarantine/results.html" if request.headers.get("HX-Request") else "web/quarantine/page.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(QUARANTINE)
def quarantine_one(request: HttpRequest, number: int) -> HttpResponse:
    """One message and its repair."""
    row = _held(number)
    repair = _answer(request, HeldFilter(replayed=ANY, ids=(number,)), row.repair or [])
    row = _held(number) if repair.is_done else row
    context = _form(repair, reverse("quarantine_one", args=[number])) | _first(row, repair)
    context |= {"message": row, "body": _readable(row.body), "why_not": unrepairable(row), "one": True}
    return _render(request, "web/quarantine/one.html", context, repair)


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(QUARANTINE)
def quarantine_repair(request: HttpRequest) -> HttpResponse:
    """The repair of all messages that a filter means."""
    wanted, now = wanted_of(request.GET), utc_now()
    first = wanted.rows(now).order_by("pk").first()
    repair = _answer(request, wanted, [])
    address = reverse("quarantine_repair") + query_of(wanted)
    context = _form(repair, address) | (_first(first, repair) if first else {})
    context |= {"wanted": wanted, "count": count_held(wanted, now), "cap": COUNT_CAP, "query": query_of(wanted)}
    return _render(request, "web/quarantine/many.html", context, repair)


@require_safe
@only_for(SYSTEM)
def moved(request: HttpRequest) -> HttpResponse:
    """The page's first address."""
    query = request.META.get("QUERY_STRING", "")
    return redirect(reverse("quarantine") + (f"?{query}" if query else ""), permanent=False)


def _answer(request: HttpRequest, wanted: HeldFilter, kept: list[dict[str, object]]) -> Repair:
    """What the button that was pressed does."""
    if request.method != "POST":
        return Repair(repair_form.rows_from(kept))
    post, act = request.POST, request.POST.get("act", PREVIEW)
    rows = repair_form.rows_of(post.getlist("do"), post.getlist("path"), post.getlist("to"), act)
    if act == ADD or act not in {PREVIEW, REPLAY}:
        return Repair(rows)
    try:
        return Repair(rows, _carry_out(act, wanted, repair_form.steps_in(rows)))
    except LeadlineError as error:
        return Repair(rows, fault=str(error))


def _carry_out(act: str, wanted: HeldFilter, steps: list[Step]) -> Trial:
    engine = _engine()
    if act == REPLAY:
        return replay(engine, wanted, steps, utc_now(), most=MOST_TRIED)
    return try_out(engine, wanted, steps, utc_now())


def _first(row: QuarantinedMessage, repair: Repair) -> dict[str, object]:
    """What the repair does to one message, shown line by line; and the paths that it has."""
    shown: dict[str, object] = {"paths": paths_in(row.body), "example": row}
    if repair.trial is None:
        return shown
    found = verdict_on(_engine().desk.normaliser(), row, repair_form.steps_in(repair.rows))
    lines = changed_lines(row.body, found.message) if found.message is not None else []
    return shown | {"verdict": found, "lines": lines}


def _form(repair: Repair, address: str) -> dict[str, object]:
    refused = [] if repair.trial is None else [each for each in repair.trial.by_code.most_common() if each[0] != VALID]
    return {
        "repair": repair,
        "address": address,
        "kinds": WORDS.items(),
        "types": CAST_TYPES,
        "refused": [(code, count, repair.trial.examples[code]) for code, count in refused] if repair.trial else [],
        "most": MOST_TRIED,
    }


def _render(request: HttpRequest, page: str, context: dict[str, object], repair: Repair) -> HttpResponse:
    partial = request.method == "POST" and request.headers.get("HX-Request")
    status = UNPROCESSABLE if repair.fault and not partial else 200
    response = render(request, "web/quarantine/repair.html" if partial else page, context, status=status)
    response.headers["Cache-Control"] = "no-store"  # whole messages are personal
    return response


def _held(number: int) -> QuarantinedMessage:
    try:
        return held(number)
    except NotFoundError as error:
        raise Http404(error.message) from error


def _engine() -> Engine:
    """The engine of this process.

    Raises:
        RepairError: the pipeline has not started.
    """
    try:
        return runtime.running().engine
    except TransientError as error:
        raise RepairError(error.message, advice=error.advice) from error


def _readable(body: object) -> str:
    """A body as people read it; bytes that are no JSON as text, as far as they are any."""
    if isinstance(body, dict) and UNDECODABLE in body and "type" not in body:
        raw = bytes.fromhex(str(body[UNDECODABLE]))
        text = raw[:BYTES_SHOWN].decode("utf-8", errors="replace")
        return text + (f"\n… {len(raw):,} bytes in all" if len(raw) > BYTES_SHOWN else "")
    return pretty(body)
