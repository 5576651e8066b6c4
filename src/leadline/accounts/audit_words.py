"""Entries of the audit trail in words, with the names that users have now."""

from collections.abc import Iterable, Mapping

from leadline.accounts.audit import Via
from leadline.accounts.audit_verbs import VERBS
from leadline.accounts.models import AuditEntry, User

UNREAD = (("status", "200"), ("exit", "0"))
NOBODYS = {Via.CLI: "the command line", Via.SERVER: "the server"}


def names_of(entries: Iterable[AuditEntry]) -> dict[int, str]:
    """What the users of some entries are called now, by number. One query."""
    numbers = {entry.user for entry in entries if entry.user is not None}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=numbers)}


def who_did(entry: AuditEntry, names: Mapping[int, str]) -> str:
    """A user, or what stands for nobody known."""
    if entry.user is not None:
        return names.get(entry.user, f"user {entry.user}, who is gone")
    return NOBODYS.get(Via(entry.via), "somebody unknown")


def what_was_done(entry: AuditEntry) -> str:
    """ "saw a lead", "took an export"."""
    return VERBS.get(entry.verb, entry.verb)


def what_about(entry: AuditEntry) -> str:
    """ "lead 12", "connection 3"; empty when it is about nothing in particular."""
    return "" if entry.about_number is None else f"{entry.about} {entry.about_number}"


def further_words(entry: AuditEntry) -> list[tuple[str, str]]:
    """The numbers of an entry, as names and texts, but those that nobody reads; digests shortened."""
    told = [(name.replace("_", " "), _short(str(value))) for name, value in sorted(entry.numbers.items())]
    return [each for each in told if each not in UNREAD and each[0] != "method"]


def _short(text: str) -> str:
    return f"{text[:12]}…" if len(text) == 32 and text.isalnum() else text
