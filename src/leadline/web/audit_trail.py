"""Each request is recorded once at most: who saw, changed or exported what, or was refused.

An answer is given only when it is recorded: where the record store can't take the entry, there is an error instead.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch
from django.utils.decorators import sync_and_async_middleware

from leadline.accounts.audit import NOTHING, Via, What, Who, record
from leadline.accounts.audit_notes import Note, noted
from leadline.accounts.audit_verbs import REFUSED, SIGN_IN_FAILED
from leadline.accounts.models import User
from leadline.kernel.clock import utc_now
from leadline.web.access import SAFE
from leadline.web.admission import API, operation_of
from leadline.web.audited import PARTS, SECOND_FACTORS, changing, reading
from leadline.web.audited_things import asked, thing, words_of
from leadline.web.request_id import current_request_id

OK, FAILING, FORBIDDEN = 200, 400, 403
LATELY_SECONDS = 600.0
REMEMBERED = 10_000
_lately: OrderedDict[tuple[int | None, str, What], float] = OrderedDict()
_lock = threading.Lock()


@sync_and_async_middleware
def recorded(answer: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware, after the one that knows who is signed in."""

    async def answered_later(request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = await answer(request)
        if _may_concern(request, response.status_code):
            await sync_to_async(_settle)(request, response.status_code)
        return response

    def answered(request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = answer(request)
        if _may_concern(request, response.status_code):
            _settle(request, response.status_code)
        return response

    return answered_later if iscoroutinefunction(answer) else answered


def verb_of(request: HttpRequest, status: int) -> str:
    """What a request was, in the words of the trail; empty for what is not recorded."""
    note, match = noted(request), request.resolver_match
    if note is not None and note.verb:
        return note.verb
    if match is None:
        return ""
    route = route_of(request, match)
    if not isinstance(request.user, User):
        failed = request.method not in SAFE and SECOND_FACTORS.get(route) == status
        return SIGN_IN_FAILED if failed else ""
    if status == FORBIDDEN:
        return REFUSED
    if request.method in SAFE:
        return reading(route) if status == OK and request.method == "GET" else ""
    return changing(route)


def route_of(request: HttpRequest, match: ResolverMatch) -> str:
    """A route as the tables of access name it."""
    return operation_of(request, match) if _is_call(match) else match.view_name


def _may_concern(request: HttpRequest, status: int) -> bool:
    """Whether it is worth asking who it was."""
    note, match = noted(request), request.resolver_match
    if match is None or request.method not in SAFE or status == FORBIDDEN:
        return match is not None or note is not None
    return note is not None or bool(reading(route_of(request, match)))


def _settle(request: HttpRequest, status: int) -> None:
    if not (verb := verb_of(request, status)):
        return
    match, note = request.resolver_match, noted(request) or Note()
    what = thing(match, succeeded=status < FAILING) if match and note.what == NOTHING else note.what
    user = note.user if note.user is not None else getattr(request.user, "pk", None)
    if match and match.view_name in PARTS and status == OK and _was_lately(user, verb, what):
        return
    via = Via.API if request.path.startswith("/api/") else Via.PAGE
    numbers = {**_told(request, match, status), **note.numbers}
    record(Who(user, via, current_request_id()), verb, what, numbers, utc_now())
    _remember(user, verb, what)


def _told(request: HttpRequest, match: ResolverMatch | None, status: int) -> dict[str, int | str]:
    told: dict[str, int | str] = {"status": status, "method": request.method or ""}
    if match:
        told["route"] = match.route.removeprefix("api/") if _is_call(match) else match.view_name
    if match and status < FAILING:
        told |= words_of(match)
    if request.method in SAFE and (filters := asked(request)):
        told["asked"] = filters
    return told


def _is_call(match: ResolverMatch) -> bool:
    return match.namespaces[:1] == [API] and match.route.startswith("api/v")


def _was_lately(user: int | None, verb: str, what: What) -> bool:
    with _lock:
        seen = _lately.get((user, verb, what))
    return seen is not None and monotonic() - seen < LATELY_SECONDS


def _remember(user: int | None, verb: str, what: What) -> None:
    with _lock:
        _lately[user, verb, what] = monotonic()
        _lately.move_to_end((user, verb, what))
        while len(_lately) > REMEMBERED:
            _lately.popitem(last=False)
