"""Where somebody is signed in: browsers, when they were last used, and ending them.

A session ends by itself when it was not used for a while, and however it is used so long after the sign-in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account import app_settings
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from leadline.accounts.models import User
from leadline.kernel.clock import utc_now

SEEN_EVERY = timedelta(minutes=5)
"""Use is noted at most so often: a page is read more often than a row should be written."""
NOTED_KEY, SINCE_KEY = "seen", "since"
"""In the session: when its use was last noted, and when somebody signed in, in seconds."""
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One browser that is signed in."""

    number: int
    device: str
    address: str
    since: datetime
    seen_at: datetime
    current: bool


def listen() -> None:
    """Have every session know when it began, however somebody signs in."""
    user_logged_in.connect(_begun, dispatch_uid="session")


def _begun(request: HttpRequest, **_: object) -> None:
    request.session[SINCE_KEY] = int(utc_now().timestamp())


def seconds_left(session: SessionBase, now: datetime) -> float:
    """For how long a session lasts when it is not used meanwhile; not above 0 for one that is over.

    "Stay signed in on this device" is a session that outlasts the browser.
    """
    remembered = not session.get_expire_at_browser_close()
    idle = settings.SESSION_COOKIE_AGE if remembered else settings.SESSION_IDLE_SECONDS
    most = settings.SESSION_REMEMBERED_MOST_SECONDS if remembered else settings.SESSION_MOST_SECONDS
    since = session.get(SINCE_KEY, 0)
    end: float = min(session.get(NOTED_KEY, since) + idle, since + most)
    return end - now.timestamp()


def signed_in_lately(session: SessionBase, now: datetime) -> bool:
    """Whether somebody signed in so little ago that they need not show again that it is them."""
    return bool(now.timestamp() - session.get(SINCE_KEY, 0) < app_settings.REAUTHENTICATION_TIMEOUT)


def signed_in(user: User, session_key: str) -> list[SignedIn]:
    """Where somebody is signed in, this browser first, then the latest used. Ended ones are dropped on the way."""
    rows = [
        SignedIn(
            row.pk, device_of(row.user_agent), row.ip, row.created_at, row.last_seen_at, row.session_key == session_key
        )
        for row in UserSession.objects.purge_and_list(user)
    ]
    return sorted(rows, key=lambda each: (not each.current, -each.seen_at.timestamp()))


def note_seen(request: HttpRequest, now: datetime) -> None:
    """Write down that a session is in use, and from where; one that signing in did not list is listed now."""
    row = UserSession.objects.filter(session_key=request.session.session_key)
    if not row.update(last_seen_at=now, ip=request.META.get("REMOTE_ADDR", "")):
        UserSession.objects.create_from_request(request)


def end_session(user: User, number: int) -> bool:
    """Sign one browser of somebody out. Returns whether there was such a one."""
    return bool(_end(UserSession.objects.filter(user=user, pk=number)))


def end_sessions(user: User, keep: str = "") -> int:
    """Sign somebody out everywhere but in one session. Returns in how many places."""
    return _end(UserSession.objects.filter(user=user).exclude(session_key=keep))


def _end(rows: Iterable[UserSession]) -> int:
    ended = list(rows)
    for row in ended:
        row.end()
    return len(ended)


def device_of(user_agent: str) -> str:
    """What a browser calls itself, in two words: "Firefox on Windows"."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return " on ".join(part for part in (browser, system) if part) or "Unknown browser"
