"""What comes in as it comes in, and what becomes of it."""

from functools import partial

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from leadline.accounts.sessions import seconds_left
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import ServerUnreachableError
from leadline.kernel.typed_numbers import number_of
from leadline.pipeline import runtime
from leadline.pipeline.live import LiveFeed
from leadline.tracking.models import EventSource
from leadline.web.live_rows import RESULTS, LiveFilter, LiveRow, rows_of
from leadline.web.live_stream import STREAMS, Rhythm, stream
from leadline.web.viewer import LIVE, only_for, zone_of

SHOWN = 50
NO_CONTENT, TOO_MANY, UNAVAILABLE = 204, 429, 503


@require_safe
@only_for(LIVE)
def live_page(request: HttpRequest) -> HttpResponse:
    """The last messages; with JavaScript, the next ones too."""
    wanted, feed = LiveFilter.from_query(request.GET), _feed()
    last = feed.last if feed else 0  # before the look: what comes in between is shown, and not sent again
    outcomes = feed.since(0) if feed else []
    last = outcomes[-1].number if outcomes else last
    rows, _ = rows_of(outcomes, wanted, SHOWN)
    context = {
        "rows": rows,
        "filter": wanted,
        "results": {value: (words, LiveFilter(wanted.source, value).query() or "?") for value, words in _choices()},
        "sources": EventSource.objects.order_by("name").values_list("name", flat=True),
        "stream": f"{reverse('live_events')}{wanted.query(after=last)}" if feed and _streams(request) else "",
        "started": feed is not None,
        "again": wanted.query() or "?",
    }
    return render(request, "web/live/page.html", context)


@require_safe
@only_for(LIVE)
def live_events(request: HttpRequest) -> HttpResponseBase:
    """The stream. Sign-in, role and filter are checked here, once; what follows needs no database.

    204 tells an EventSource not to try again: this server cannot stream. 429: there are too many streams. 503: the
    pipeline has not started, or stops.
    """
    wanted, feed = LiveFilter.from_query(request.GET), _feed()
    if not _streams(request):
        return HttpResponse(status=NO_CONTENT)
    if feed is None or feed.closed:
        return HttpResponse("The pipeline does not run.", status=UNAVAILABLE, content_type="text/plain")
    if feed.listeners >= STREAMS:
        return HttpResponse("Too many live pages are open.", status=TOO_MANY, content_type="text/plain")
    rows = partial(_rows_as_html, {"now": utc_now(), "zone": zone_of(request)})
    after = _after(request)
    after = after if after <= feed.last else 0  # the clock went back since: begin anew rather than wait for the future
    rhythm = Rhythm(length=min(Rhythm().length, seconds_left(request.session, utc_now())))
    response = StreamingHttpResponse(stream(feed, wanted, after, rows, rhythm), content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"  # nginx holds back what it may hold back
    return response


def _rows_as_html(context: dict[str, object], rows: list[LiveRow]) -> str:
    return render_to_string("web/live/rows.html", {**context, "rows": rows})


def _after(request: HttpRequest) -> int:
    """The number that the browser has seen: what it says when it comes again, else what the page said."""
    for text in (request.headers.get("Last-Event-ID", ""), request.GET.get("after", "")):
        if (number := number_of(text)) is not None:
            return number
    return 0


def _feed() -> LiveFeed | None:
    try:
        return runtime.running().engine.live
    except ServerUnreachableError:
        return None


def _streams(request: HttpRequest) -> bool:
    """Whether the server passes on what comes while it comes. A WSGI server waits for the end."""
    return isinstance(request, ASGIRequest)


def _choices() -> list[tuple[str, str]]:
    return [("", "All"), *RESULTS.items()]
