"""Whoever is not signed in is led to the sign-in, which leads back to where they wanted to go.

That address stands in another one, and so in more histories and logs of proxies: what was typed into a search goes
along only where it names nobody.
"""

from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.shortcuts import resolve_url

from leadline.tracking.scrub import looks_personal


class SignInFirst(LoginRequiredMiddleware):
    """Django's, with an address to come back to that holds nobody's."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        """Lead to the sign-in."""
        field = self.get_redirect_field_name(view_func)
        return redirect_to_login(address_to_return(request), resolve_url(self.get_login_url(view_func)), field)


def address_to_return(request: HttpRequest) -> str:
    """Path and query without parameters that hold an e-mail address or a telephone number."""
    query = without_people_asked(request.GET).urlencode()
    return f"{request.path}?{query}" if query else request.path


def without_people_asked(given: QueryDict) -> QueryDict:
    """What was asked for without values that hold an e-mail address or a telephone number."""
    kept = QueryDict(mutable=True)
    for name, values in given.lists():
        kept.setlist(name, [value for value in values if not looks_personal(value)])
    return kept
