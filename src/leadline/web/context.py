"""What every page needs."""

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, object]:  # noqa: ARG001  # Django's signature
    """The navigation."""
    return {}
