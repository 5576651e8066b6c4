"""Share links: made with an end, shown once, found by the hash of their token, taken back."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from leadline.analytics.models import Board, ShareLink
from leadline.kernel.errors import NotFoundError, TerminalError

DAYS = (1, 7, 30, 90)
TOKEN_BYTES = 24
ENDING = 4


class LinkOverError(TerminalError):
    """A share link's time is over, or it was taken back."""

    code = "link_over"


def make_link(
    days: int,
    now: datetime,
    by: str,
    *,
    board: Board | None = None,
    report: str = "",
    wanted: Mapping[str, str] | None = None,
) -> tuple[ShareLink, str]:
    """A link to a board or a report, and its token: the only time that it is known.

    Raises:
        TerminalError: it would hold for another time than one of DAYS.
    """
    if days not in DAYS:
        raise TerminalError(f"A link can't hold for {days} days.", advice=f"Use {', '.join(map(str, DAYS))}.")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = ShareLink.objects.create(
        digest=_digest(token),
        ending=token[-ENDING:],
        board=board,
        report=report,
        wanted=dict(wanted or {}),
        created_by=by,
        expires_at=now + timedelta(days=days),
    )
    return link, token


def find_link(token: str, now: datetime) -> ShareLink:
    """The link of a token.

    Raises:
        NotFoundError: there is none.
        LinkOverError: it has ended.
    """
    link = ShareLink.objects.select_related("board").filter(digest=_digest(token)).first()
    if link is None:
        raise NotFoundError("There is no such link.")
    if link.revoked_at is not None:
        raise LinkOverError("This link was taken back.", advice="Ask whoever sent it for another.")
    if link.expires_at <= now:
        raise LinkOverError("This link has expired.", advice="Ask whoever sent it for another.")
    return link


def revoke(number: int, now: datetime) -> ShareLink:
    """Take a link back; twice is the same as once.

    Raises:
        NotFoundError: there is none.
    """
    link = ShareLink.objects.filter(pk=number).first()
    if link is None:
        raise NotFoundError(f"There is no share link {number}.")
    if link.revoked_at is None:
        link.revoked_at = now
        link.save(update_fields=["revoked_at"])
    return link


def open_links(now: datetime) -> list[ShareLink]:
    """Those that still hold, the newest first."""
    return list(ShareLink.objects.select_related("board").filter(revoked_at=None, expires_at__gt=now).order_by("-pk"))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
