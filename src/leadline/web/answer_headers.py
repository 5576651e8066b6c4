"""What every answer says unless its view says otherwise: that nothing keeps it, and that no page needs a camera.

Pages show people, and who signs out of a shared computer leaves nothing behind its back button or in a proxy. What may
be kept, such as static files and the bundles of charts, says so itself.
"""

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

HEADERS = {
    "Cache-Control": "private, no-store",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


@sync_and_async_middleware
def with_headers(answer: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware, after the one that serves static files."""

    async def answered_later(request: HttpRequest) -> HttpResponseBase:
        return _told(await answer(request))

    def answered(request: HttpRequest) -> HttpResponseBase:
        return _told(answer(request))

    return answered_later if iscoroutinefunction(answer) else answered


def _told(response: HttpResponseBase) -> HttpResponseBase:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
