"""What a request's one entry in the audit trail will say besides what its route says: told by whoever knows it.

A request is recorded once, when it is answered (web/audit_trail.py), whatever was noted of it meanwhile.
"""

from dataclasses import dataclass, field

from django.http import HttpRequest

from leadline.accounts.audit import NOTHING, What

ATTRIBUTE = "audit_note"


@dataclass(slots=True)
class Note:
    """Told so far. `verb`: empty for what the route stands for. `user`: when it is not who the request says."""

    verb: str = ""
    what: What = NOTHING
    user: int | None = None
    numbers: dict[str, int | str] = field(default_factory=dict)


def note(
    request: HttpRequest, verb: str = "", what: What = NOTHING, user: int | None = None, **numbers: int | str
) -> None:
    """Tell what a request's entry says. What was told before stays, unless it is told anew.

    Args:
        verb: one of `audit_verbs.VERBS`; such a request is recorded whatever its route.
        what: the thing it is about.
        user: who acts, where the request does not know yet or any more.
        numbers: counts, words of ours and keyed digests; no personal data.
    """
    told = noted(request) or Note()
    told.verb, told.user = verb or told.verb, told.user if user is None else user
    told.what = told.what if what is NOTHING else what
    told.numbers |= numbers
    setattr(request, ATTRIBUTE, told)


def noted(request: HttpRequest) -> Note | None:
    """What was told; None for nothing."""
    found: Note | None = getattr(request, ATTRIBUTE, None)
    return found
