"""Users: who signs in, with which role; adding somebody; and everybody's API tokens. For administrators."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from leadline.accounts.administration import invite
from leadline.accounts.audit import What
from leadline.accounts.audit_notes import note
from leadline.accounts.models import APIToken, User
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import TerminalError
from leadline.web.confirmed import confirmed
from leadline.web.keyset import COUNT_CAP, capped_count, page_after
from leadline.web.queries.users import STATES, row_of, usable_tokens, users
from leadline.web.viewer import USERS, only_for
from leadline.web.views.invitation import hand_over

UNPROCESSABLE = 422
NOTHING: Mapping[str, str] = {}


@require_safe
@only_for(USERS)
def users_page(request: HttpRequest) -> HttpResponse:
    """Everybody who has an account, by address."""
    return _page(request)


@require_POST
@only_for(USERS)
@confirmed
def add_user(request: HttpRequest) -> HttpResponse:
    """An account without a password, and the link by which its owner sets one."""
    given = {each: request.POST.get(each, "") for each in ("email", "name", "role", "leads_seen")}
    role = given["role"] if given["role"] in User.Role.values else User.Role.SALES
    sees = given["leads_seen"] if given["leads_seen"] in User.LeadsSeen.values else User.LeadsSeen.ALL
    try:
        user = invite(given["email"], role, given["name"], sees)
    except TerminalError as error:
        return _page(request, fault=str(error), given=given)
    note(request, what=What("user", user.pk), role=role)
    return hand_over(request, user)


@require_safe
@only_for(USERS)
def tokens_page(request: HttpRequest) -> HttpResponse:
    """API tokens of everybody, those that work; with `state=all` the others too. The newest first."""
    whole = request.GET.get("state") == "all"
    found = APIToken.objects.all() if whole else usable_tokens(utc_now())
    page = page_after(found.select_related("user"), ["-pk"], request.GET.get("after", ""))
    query = f"?{urlencode({'state': 'all'})}" if whole else ""
    context = {
        "tokens": page.rows,
        "whole": whole,
        "count": capped_count(found),
        "cap": COUNT_CAP,
        "query": query,
        "next": _more({"state": "all"} if whole else NOTHING, page.next_cursor),
    }
    return render(request, "web/users/tokens.html", context)


@require_POST
@only_for(USERS)
def revoke_token(request: HttpRequest, number: int) -> HttpResponse:
    """Revoke anybody's token: its program gets 401 from now on."""
    if not APIToken.objects.filter(pk=number, revoked_at=None).update(revoked_at=utc_now()):
        raise Http404
    messages.success(request, "The token is revoked. Its program gets 401 from now on.")
    return redirect("users_tokens")


def _page(request: HttpRequest, fault: str = "", given: Mapping[str, str] = NOTHING) -> HttpResponse:
    words = {each: request.GET[each] for each in ("role", "state") if request.GET.get(each)}
    found = users(words.get("role", ""), words.get("state", ""), utc_now())
    page = page_after(found, ["email"], request.GET.get("after", ""))
    context = {
        "rows": [row_of(user) for user in page.rows],
        "count": capped_count(found),
        "cap": COUNT_CAP,
        "wanted": words,
        "query": f"?{urlencode(words)}" if words else "",
        "next": _more(words, page.next_cursor),
        "roles": User.Role.choices,
        "states": STATES,
        "sees": User.LeadsSeen.choices,
        "given": given,
        "fault": fault,
    }
    return render(request, "web/users/page.html", context, status=UNPROCESSABLE if fault else 200)


def _more(words: Mapping[str, str], cursor: str) -> str:
    return f"?{urlencode({**words, 'after': cursor})}" if cursor else ""
