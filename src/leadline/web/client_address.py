"""Which address a request comes from: what rate limits count by and the list of sessions shows."""

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from leadline.tracking.collector.addresses import client_address


@sync_and_async_middleware
def behind_proxies(answer: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware: REMOTE_ADDR is the client's, also behind the proxies of LEADLINE_TRUSTED_PROXIES."""

    async def answered_later(request: HttpRequest) -> HttpResponseBase:
        _believe_proxies(request)
        response: HttpResponseBase = await answer(request)
        return response

    def answered(request: HttpRequest) -> HttpResponseBase:
        _believe_proxies(request)
        response: HttpResponseBase = answer(request)
        return response

    return answered_later if iscoroutinefunction(answer) else answered


def _believe_proxies(request: HttpRequest) -> None:
    if not settings.TRUSTED_PROXIES:
        return
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    headers = [(b"x-forwarded-for", forwarded.encode("latin-1", "replace"))] if forwarded else []
    scope = {"client": (request.META.get("REMOTE_ADDR", ""), 0), "headers": headers}
    if address := client_address(scope, settings.TRUSTED_PROXIES):
        request.META["REMOTE_ADDR"] = str(address)
