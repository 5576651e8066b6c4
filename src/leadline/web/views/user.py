"""One user, for administrators: role, sign-in, second factor, sessions, and their end."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from leadline.accounts.administration import Change, change, reset_factors
from leadline.accounts.models import APIToken, User
from leadline.accounts.security_mail import tell
from leadline.accounts.sessions import end_sessions, signed_in
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import TerminalError
from leadline.kernel.figures import counted
from leadline.web.confirmed import confirmed
from leadline.web.queries.users import usable_tokens
from leadline.web.second_factors import factors_of
from leadline.web.viewer import USERS, only_for
from leadline.web.views.invitation import hand_over

UNPROCESSABLE = 422


@require_safe
@only_for(USERS)
def user_page(request: HttpRequest, number: int) -> HttpResponse:
    """Everything about one account."""
    return _page(request, _found(number))


@require_POST
@only_for(USERS)
@confirmed
def set_user(request: HttpRequest, number: int) -> HttpResponse:
    """Name, role and which leads they see; from their next request on."""
    role, sees = request.POST.get("role", ""), request.POST.get("leads_seen", "")
    if role not in User.Role.values or sees not in User.LeadsSeen.values:
        raise BadRequest("There is no such role, or no such choice of leads.")
    user = _found(number)
    try:
        change(user, Change(role, request.POST.get("name", "").strip()[:120], sees), utc_now())
    except TerminalError as error:
        return _page(request, _found(number), str(error))
    messages.success(request, "Saved. It counts from their next request on.")
    return redirect("users_one", number)


@require_POST
@only_for(USERS)
def disable_user(request: HttpRequest, number: int) -> HttpResponse:
    """Nothing of theirs works from now on."""
    user = _found(number)
    try:
        ended = change(user, Change(is_active=False), utc_now())
    except TerminalError as error:
        return _page(request, _found(number), str(error))
    what = f"{counted(ended.sessions, 'browser')} signed out, {counted(ended.tokens, 'token')} revoked"
    messages.success(request, f"{user.email} is disabled: {what}.")
    return redirect("users_one", number)


@require_POST
@only_for(USERS)
@confirmed
def enable_user(request: HttpRequest, number: int) -> HttpResponse:
    """They may sign in again, with the password that they had. Tokens stay revoked."""
    user = _found(number)
    change(user, Change(is_active=True), utc_now())
    messages.success(request, f"{user.email} may sign in again. Tokens that were revoked stay so.")
    return redirect("users_one", number)


@require_POST
@only_for(USERS)
@confirmed
def link_user(request: HttpRequest, number: int) -> HttpResponse:
    """A link by which they set a new password; the one that they have works until then."""
    return hand_over(request, get_object_or_404(User, pk=number, is_active=True))


@require_POST
@only_for(USERS)
@confirmed
def forget_factors(request: HttpRequest, number: int) -> HttpResponse:
    """For who lost telephone, key and recovery codes: the password alone signs in."""
    user = _found(number)
    gone = reset_factors(user)
    tell(user, "factors_forgotten", utc_now())
    messages.success(request, f"{counted(gone, 'factor')} taken away. {user.email} signs in with the password alone.")
    return redirect("users_one", number)


@require_POST
@only_for(USERS)
def sign_out_user(request: HttpRequest, number: int) -> HttpResponse:
    """Sign them out in every browser. Their tokens go on working."""
    user = _found(number)
    messages.success(request, f"{user.email} is signed out in {counted(end_sessions(user), 'browser')}.")
    return redirect("users_one", number)


def _found(number: int) -> User:
    return get_object_or_404(User, pk=number)


def _page(request: HttpRequest, user: User, fault: str = "") -> HttpResponse:
    context = {
        "person": user,
        "itself": user.pk == request.user.pk,
        "factors": factors_of(user),
        "sessions": signed_in(user, request.session.session_key or ""),
        "tokens": usable_tokens(utc_now()).filter(user=user).order_by("-pk"),
        "revoked_later": APIToken.objects.filter(user=user, revoked_at=None).count(),
        "roles": User.Role.choices,
        "sees": User.LeadsSeen.choices,
        "fault": fault,
    }
    return render(request, "web/users/one.html", context, status=UNPROCESSABLE if fault else 200)
