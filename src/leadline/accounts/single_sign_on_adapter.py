"""How allauth lets people in by single sign-on: by our rules, and keeping nothing of what the issuer tells."""

import logging
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render

from leadline.accounts.models import User
from leadline.accounts.single_sign_on import Admission, Claims, Offer, admission, read_claims

FORBIDDEN = 403
logger = logging.getLogger(__name__)


class ClosedSingleSignOn(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Nobody signs up: they are known, of an allowed domain, or refused."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002  # allauth's signature
        """Never."""
        return False

    def on_authentication_error(
        self,
        request: HttpRequest,  # noqa: ARG002  # allauth's signature
        provider: object,  # noqa: ARG002  # as above
        error: object = None,
        exception: Exception | None = None,
        extra_context: object = None,  # noqa: ARG002  # as above
    ) -> None:
        """Log why a sign-in failed: by kinds alone, since texts may hold what the issuer told."""
        logger.warning("A single sign-on failed: %s, %s.", error, type(exception).__name__)

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """Take what the issuer tells off the account before allauth stores it, for `pre_social_login` to read."""
        sociallogin.told, sociallogin.account.extra_data = sociallogin.account.extra_data, {}
        user: User = super().populate_user(request, sociallogin, data)
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Join whoever comes with their account, or refuse them.

        Raises:
            ImmediateHttpResponse: the page that says so.
        """
        told, offer = sociallogin.told, settings.SINGLE_SIGN_ON
        if offer is None or sociallogin.state.get("process") != "login":
            raise _refusal(request, "it was no sign-in")
        claims = read_claims(told.get("userinfo") or {}, told.get("id_token") or {}, offer)
        if claims is None:
            raise _refusal(request, "what the issuer told does not fit together")
        if not sociallogin.is_existing:
            sociallogin.connect(request, _account(request, claims, offer))


def _account(request: HttpRequest, claims: Claims, offer: Offer) -> User:
    known = User.objects.filter(email=claims.email).first() if claims.email else None
    match admission(claims, offer, known=known is not None):
        case Admission.TO_ACCOUNT if known is not None:
            return known
        case Admission.NEW:
            return User.objects.create_user(claims.email, None, name=claims.name[:120], role=offer.role)
    raise _refusal(request, "no account has this address" if claims.email else "the issuer verified no address")


def _refusal(request: HttpRequest, why: str) -> ImmediateHttpResponse:
    logger.warning("A single sign-on was refused: %s.", why)
    return ImmediateHttpResponse(render(request, "socialaccount/refused.html", status=FORBIDDEN))
