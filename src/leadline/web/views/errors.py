"""Error pages in the look; JSON for programs that use the API.

They use neither the navigation nor the database: these may be what failed.
"""

from django.core.exceptions import BadRequest, DisallowedHost
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme

from leadline.tracking.scrub import without_people
from leadline.web.viewer import theme_of

API_PREFIX = "/api/"
TOO_MANY = 429
CODES = {400: "bad_request", 403: "forbidden", 404: "not_found", TOO_MANY: "too_many", 500: "error"}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    title = "This was not done" if request.method == "POST" else "This address makes no sense"
    ours = isinstance(exception, BadRequest)  # what Django finds suspicious it quotes
    advice = without_people(str(exception)) if ours else "Check it, or go to the first page."
    return _answer(request, 400, title, advice)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # Django's signature
    """403."""
    return _answer(request, 403, "Your role does not use this page", "An administrator can change your role.")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  # Django's signature
    """404."""
    return _answer(request, 404, "There is nothing here", "It may have been moved, merged or erased.")


def too_many(request: HttpRequest) -> HttpResponse:
    """429: allauth's answer where somebody tries too often."""
    return _answer(request, TOO_MANY, "Too many attempts", "Wait some minutes and try again. Nothing is locked.")


def failed(request: HttpRequest) -> HttpResponse:
    """500."""
    return _answer(request, 500, "This page failed", "The error is in the server's log. Events are still collected.")


def _answer(request: HttpRequest, status: int, title: str, advice: str) -> HttpResponse:
    if request.path.startswith(API_PREFIX):
        return JsonResponse({"code": CODES[status], "message": title, "detail": advice}, status=status)
    back = _back(request) if status != TOO_MANY else ""  # a form sent too often is not mended by sending it again
    context = {"status": status, "title": title, "advice": advice, "theme": theme_of(request), "back": back}
    return HttpResponse(render_to_string("web/error.html", context), status=status)


def _back(request: HttpRequest) -> str:
    """The page whose form was sent, if it is one of ours; else the first page."""
    came_from = request.headers.get("Referer", "") if request.method == "POST" else ""
    try:
        ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    except DisallowedHost:  # what went wrong may be that very name
        return ""
    return came_from if ours else ""
