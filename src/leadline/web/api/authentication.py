"""Who calls the API: a program with a token, or a signed-in person's browser; and whether they may call this."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security import APIKeyCookie, HttpBearer

from leadline.accounts.models import User
from leadline.accounts.tokens import user_of_token
from leadline.kernel.clock import utc_now
from leadline.web.access import SAFE
from leadline.web.admission import admit, operation_of
from leadline.web.api.access import OPERATIONS
from leadline.web.api.addresses import refuse_people

UNSUPPORTED = 415
JSON = "application/json"


class TokenAuth(HttpBearer):
    """`Authorization: Bearer llt_...`; the call is made as the token's user, within the token's scopes."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """The token's user.

        Raises:
            PermissionDenied: they may not call this.
        """
        user = user_of_token(token, utc_now())
        if user is not None:
            request.user = user
            admit_call(request)
        return user


class SessionAuth(APIKeyCookie):
    """A session of the pages; what changes something needs the CSRF token, as forms do."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: Any) -> User | None:  # noqa: ARG002  # Ninja's signature
        """The signed-in user.

        Raises:
            PermissionDenied: they may not call this.
        """
        if not isinstance(request.user, User):
            return None
        admit_call(request)
        return request.user


def admit_call(request: HttpRequest) -> None:
    """Let the caller in.

    Raises:
        PermissionDenied: it is not for them.
        PersonInAddressError: the address names somebody.
        HttpError: what they send is said to be something else than JSON.
    """
    match = request.resolver_match
    admit(request, OPERATIONS.get(operation_of(request, match)) if match else None)
    refuse_people(request)
    if request.method not in SAFE and request.body and request.content_type != JSON:
        raise HttpError(UNSUPPORTED, f"The body is {request.content_type or 'nothing'}. Send {JSON}.")
