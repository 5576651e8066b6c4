"""What an analytics page was asked, read from its request, and what its filters offer."""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest

from leadline.analytics.channel_rules import read_rules
from leadline.analytics.periods import local_today
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import TerminalError
from leadline.web.asked import Asked, read_asked


def asked_of(request: HttpRequest) -> Asked:
    """The days and the channel.

    Raises:
        BadRequest: the address names no period.
    """
    zone = settings.REPORTING_ZONE
    try:
        return read_asked(request.GET.dict(), local_today(utc_now(), zone), zone)
    except TerminalError as error:
        raise BadRequest(f"{error.message} {error.advice}".strip()) from error


def asked_or_default(request: HttpRequest) -> tuple[Asked, str]:
    """The days and the channel, and what is wrong with the days: then they are the default ones."""
    try:
        return asked_of(request), ""
    except BadRequest as error:
        zone = settings.REPORTING_ZONE
        channel = {"channel": request.GET.get("channel", "")}
        return read_asked(channel, local_today(utc_now(), zone), zone), str(error)


def channels() -> list[str]:
    """The channels that rules tell apart, in the order of the alphabet."""
    return sorted(read_rules().channels)
