"""Which entries of the audit trail are wanted, as pages, the API and the command line ask for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from django.db.models import QuerySet

from leadline.accounts.audit import LARGEST, Via
from leadline.accounts.audit_verbs import VERBS
from leadline.accounts.models import AuditEntry, User
from leadline.kernel.errors import TerminalError

NAMES = ("verb", "via", "user", "about", "number", "since", "until")


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What an entry has to be; empty: anything. `since` and `until` are days of `zone`, both included."""

    verb: str = ""
    via: str = ""
    user: int | None = None
    about: str = ""
    number: int | None = None
    since: date | None = None
    until: date | None = None
    zone: tzinfo = UTC

    @classmethod
    def of(cls, words: Mapping[str, str], zone: tzinfo = UTC) -> "AuditFilter":
        """Read what was asked.

        Args:
            words: texts of `NAMES`. `user` is a number.

        Raises:
            TerminalError: it can't be read.
        """
        said = {name: words.get(name, "").strip() for name in NAMES}
        return cls(
            verb=_one_of("verb", said["verb"], VERBS),
            via=_one_of("via", said["via"], [each.value for each in Via]),
            user=_number("user", said["user"]),
            about=said["about"][:40],
            number=_number("number", said["number"]),
            since=_day("since", said["since"]),
            until=_day("until", said["until"]),
            zone=zone,
        )

    @property
    def words(self) -> dict[str, str]:
        """The inverse of `of`, for an address."""
        said = {name: getattr(self, name) for name in NAMES}
        return {name: str(value) for name, value in said.items() if value not in ("", None)}

    def entries(self) -> QuerySet[AuditEntry]:
        """The entries that are so, in no order."""
        found = AuditEntry.objects.all()
        equal = {"verb": self.verb, "via": self.via, "user": self.user, "about": self.about}
        found = found.filter(**{name: value for name, value in equal.items() if value not in ("", None)})
        if self.number is not None:
            found = found.filter(about_number=self.number)
        if self.since is not None:
            found = found.filter(at__gte=_midnight(self.since, self.zone))
        return found if self.until is None else found.filter(at__lt=_midnight(self.until, self.zone, days=1))


def user_number(email: str) -> str:
    """The number of a user, for a filter.

    Raises:
        TerminalError: nobody signs in with this address.
    """
    number = User.objects.filter(email=email.strip().lower()).values_list("pk", flat=True).first()
    if number is None:
        raise TerminalError(f"{email} has no account.", advice="Users that are gone are found by --user-number.")
    return str(number)


def _midnight(day: date, zone: tzinfo, days: int = 0) -> datetime:
    local = day + timedelta(days=days)
    return datetime(local.year, local.month, local.day, tzinfo=zone).astimezone(UTC)


def _one_of(name: str, text: str, known: Mapping[str, str] | list[str]) -> str:
    if text and text not in known:
        raise TerminalError(f"{name} can't be {text[:60]!r}.", advice=f"It can be: {', '.join(known)}.")
    return text


def _number(name: str, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < len(str(LARGEST))):
        raise TerminalError(f"{name} can't be {text[:60]!r}.", advice="It is a number.")
    return int(text)


def _day(name: str, text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError as error:
        raise TerminalError(f"{name} can't be {text[:60]!r}.", advice="It is a day, such as 2026-11-23.") from error
    if day is not None and not date(1970, 1, 2) <= day <= date(9000, 1, 1):
        raise TerminalError(f"{name} can't be {text[:60]!r}.", advice="It is a day of these years.")
    return day
