"""Leaving for single sign-on."""

import logging

from allauth.socialaccount.providers.openid_connect.views import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

FOUND = 302
BAD_GATEWAY = 502
logger = logging.getLogger(__name__)


@login_not_required
@require_POST
def leave(request: HttpRequest, provider_id: str) -> HttpResponse:
    """A page that goes on to the issuer.

    allauth answers the form with a redirect there, which the content security policy (`form-action 'self'`) refuses;
    a page of ours may lead anywhere, and no other site can be added to the policy by what an issuer tells. A page says
    so where the issuer can't be reached, or answers with no configuration.
    """
    try:
        answer: HttpResponse = login(request, provider_id)
    except OSError as error:  # all that requests raises
        logger.warning("The issuer of single sign-on could not be asked: %s.", type(error).__name__)
        return render(request, "socialaccount/authentication_error.html", status=BAD_GATEWAY)
    if answer.status_code != FOUND:
        return answer
    return render(request, "socialaccount/leaving.html", {"address": answer.headers["Location"]})
