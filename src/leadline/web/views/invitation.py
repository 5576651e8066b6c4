"""Setting a password by a link: handing the link over, and the page that it leads to. The link is the only secret."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from leadline.accounts.audit_notes import note
from leadline.accounts.audit_verbs import CREDENTIALS_CHANGED
from leadline.accounts.invitations import invitation_key, invited, take_up, valid_days
from leadline.accounts.models import User
from leadline.accounts.security_mail import tell
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import LeadlineError
from leadline.pipeline import mail
from leadline.pipeline.letters.invitation_letter import invitation_letter

GONE, UNPROCESSABLE = 410, 422
LONGEST_PASSWORD = 128
REFERRER = "same-origin"


def hand_over(request: HttpRequest, user: User) -> HttpResponse:
    """Mail a user's link where mail is set up; else, or when it does not leave, show it on a page this once."""
    path = reverse("invitation", args=[user.pk, invitation_key(user)])
    fault = ""
    if mail.is_configured():
        try:
            mail.send(invitation_letter(user.email, path))
        except LeadlineError as error:
            fault = str(error)
        else:
            messages.success(request, f"A link to set a password is mailed to {user.email}. It is good for 3 days.")
            return redirect("users_one", user.pk)
    context = {"person": user, "address": f"{settings.PUBLIC_URL}{path}", "days": valid_days(), "fault": fault}
    response = render(request, "web/users/link.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_page(request: HttpRequest, number: int, key: str) -> HttpResponse:
    """Ask for a password, and set it. Looking at it changes nothing: mail programs look at links."""
    user = invited(number, key)
    if user is None:
        return _answer(render(request, "web/users/link_over.html", status=GONE))
    if request.method != "POST":
        return _answer(render(request, "web/users/invitation.html", {"person": user}))
    faults = _faults(user, request.POST.get("password1", ""), request.POST.get("password2", ""))
    if faults:
        context = {"person": user, "faults": faults}
        return _answer(render(request, "web/users/invitation.html", context, status=UNPROCESSABLE))
    take_up(user, request.POST["password1"])
    tell(user, "password_set", utc_now())
    note(request, CREDENTIALS_CHANGED, user=user.pk)
    messages.success(request, "Your password is set. Sign in with it.")
    return _answer(redirect("account_login"))


def _faults(user: User, password: str, again: str) -> list[str]:
    """What is wrong with it; nothing: it may be set."""
    if len(password) > LONGEST_PASSWORD:
        return [f"At most {LONGEST_PASSWORD} characters."]
    if password != again:
        return ["The two are not the same."]
    try:
        validate_password(password, user)
    except ValidationError as error:
        return list(error.messages)
    return []


def _answer(response: HttpResponse) -> HttpResponse:
    """The address is a secret: no other site learns it. With "no-referrer" browsers send forms with the origin "null",
    which Django's check of forms refuses: nobody could set a password."""
    response.headers["Referrer-Policy"] = REFERRER
    return response
