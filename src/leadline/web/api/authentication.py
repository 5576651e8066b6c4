"""Who calls the API: a program with a token, or a signed-in person's browser."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer

from leadline.accounts.models import User
from leadline.accounts.tokens import user_of_token
from leadline.kernel.clock import utc_now


class TokenAuth(HttpBearer):
    """`Authorization: Bearer llt_...`; the call is made as the token's user."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """The token's user."""
        user = user_of_token(token, utc_now())
        if user is not None:
            request.user = user
        return user


class SessionAuth(APIKeyCookie):
    """A session of the pages; what changes something needs the CSRF token, as forms do."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: Any) -> User | None:  # noqa: ARG002  # Ninja's signature
        """The signed-in user."""
        return request.user if isinstance(request.user, User) else None
