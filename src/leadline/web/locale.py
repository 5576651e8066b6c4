"""The signs of numbers in the language that a browser asks for. The words of the pages are English all the same."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.decorators import sync_and_async_middleware
from django.utils.formats import get_format, get_format_modules
from django.utils.translation.trans_real import parse_accept_lang_header

from leadline.kernel.figures import ENGLISH, Signs, written_with


@sync_and_async_middleware
def numbers_in_locale(answer: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware: pages write numbers with the signs of the first language that the browser asks for and we know."""

    async def answered_later(request: HttpRequest) -> HttpResponseBase:
        with written_with(_signs_for(request)):
            return _varied(await answer(request))

    def answered(request: HttpRequest) -> HttpResponseBase:
        with written_with(_signs_for(request)):
            return _varied(answer(request))

    return answered_later if iscoroutinefunction(answer) else answered


def _signs_for(request: HttpRequest) -> Signs:
    return signs_of(request.headers.get("Accept-Language", ""))


def _varied(response: HttpResponseBase) -> HttpResponseBase:
    patch_vary_headers(response, ["Accept-Language"])
    return response


@lru_cache(maxsize=256)
def signs_of(header: str) -> Signs:
    """The signs that a browser's languages stand for; English for none that is known."""
    for language, _ in parse_accept_lang_header(header.lower()):
        if get_format_modules(language):
            decimal, group = (get_format(name, language) for name in ("DECIMAL_SEPARATOR", "THOUSAND_SEPARATOR"))
            return Signs(str(decimal), str(group))
    return ENGLISH
