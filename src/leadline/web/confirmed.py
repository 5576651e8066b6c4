"""What matters is done by whoever has shown lately that it is them: by signing in, or by the password, a code or a
passkey again. A browser that was left open is not enough for it.

allauth keeps the request, asks, and carries it on. Who has neither a password nor a factor here signs in elsewhere, and
is not asked.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponseBase
from django.urls import resolve

from leadline.accounts.audit_notes import note
from leadline.accounts.audit_verbs import CONFIRMATION_ASKED
from leadline.web.access import PAGES
from leadline.web.admission import admit

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def confirmed(view: View[P]) -> View[P]:
    """A view of a page that asks first where the last proof is older than five minutes."""

    @reauthentication_required  # type: ignore[untyped-decorator]  # allauth ships no types
    @wraps(view)
    def carried_on(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        _come_in_again(request)
        return view(request, *args, **kwargs)

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            answer: HttpResponseBase = carried_on(request, *args, **kwargs)
        except ReauthenticationRequired:
            note(request, CONFIRMATION_ASKED)
            raise
        return answer

    return guarded


def _come_in_again(request: HttpRequest) -> None:
    """A request that the page of the password carries on was let in there, and would be recorded as that page's."""
    match = resolve(request.path_info)
    if request.resolver_match is None or request.resolver_match.view_name != match.view_name:
        request.resolver_match = match
        admit(request, PAGES.get(match.view_name))
