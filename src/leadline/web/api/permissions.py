"""Who may call what: the same permissions as on the pages."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from leadline.accounts.models import User
from leadline.accounts.permissions import Permission
from leadline.web.viewer import viewer_of


def caller_of(request: HttpRequest, permission: Permission) -> User:
    """The caller, who may do this.

    Raises:
        PermissionDenied: neither their role nor their token lets them.
    """
    user = viewer_of(request)
    if not user.may(permission):
        raise PermissionDenied(f"This needs the permission {permission}.")
    return user
