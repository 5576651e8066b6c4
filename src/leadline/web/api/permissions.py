"""Who may call what: the same roles as on the pages."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from leadline.accounts.models import User
from leadline.web.viewer import may_edit, may_sell, pages_of, viewer_of


def reader_of(request: HttpRequest, page: str) -> User:
    """The caller, who uses this page.

    Raises:
        PermissionDenied: their role does not.
    """
    return _allowed(viewer_of(request), page in pages_of(viewer_of(request)))


def seller_of(request: HttpRequest) -> User:
    """The caller, who may say something about leads.

    Raises:
        PermissionDenied: their role does not.
    """
    return _allowed(viewer_of(request), may_sell(viewer_of(request)))


def administrator_of(request: HttpRequest) -> User:
    """The caller, who may change what everybody is scored by.

    Raises:
        PermissionDenied: their role does not.
    """
    return _allowed(viewer_of(request), may_edit(viewer_of(request)))


def _allowed(user: User, allowed: bool) -> User:
    if not allowed:
        raise PermissionDenied("Your role does not use this.")
    return user
