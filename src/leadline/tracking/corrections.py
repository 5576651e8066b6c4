"""Traits corrected by hand (GDPR art. 16): what the person asks us to have right.

A correction is a value like any other, said at the moment when it was written down: it wins over everything said
before, whenever that arrives, and until the person or the platform says something newer.
"""

import re
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from leadline.kernel.errors import TerminalError
from leadline.privacy.lookup import LookupHasher
from leadline.tracking.contents import Contents
from leadline.tracking.identity import IdentityKind
from leadline.tracking.models import Identity, Profile
from leadline.tracking.normalise import Draft
from leadline.tracking.places import Place
from leadline.tracking.profiles import present_values
from leadline.tracking.traits import ALIASES, canonical_name

FORM_TRAITS = ("name", "first_name", "last_name", "email", "phone", "title", "company_name", "city", "country")
"""What the form offers; others can be named."""
CANONICAL = frozenset({*FORM_TRAITS, *ALIASES.values()})
"""What can be said of somebody of whom it is not known yet."""
NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")
DERIVED = frozenset({"email_class", "user_id", "anonymous_id"})
"""Made of others, or names that the platform gives."""
LONGEST = 500
PREFIX = "correction-"
KEY_BYTES = 16
Traits = Mapping[str, object]


def checked(changes: Mapping[str, str], identities: Iterable[int]) -> dict[str, str | None]:
    """Corrections under canonical names; an empty one is None: the trait is removed.

    Args:
        identities: of the person: a trait that only the platform has a name for must be known of them, so that a slip
            of the pen corrects nothing else.

    Raises:
        TerminalError: there is none, one names no trait that can be corrected, or an address is none.
    """
    found = {canonical_name(name): text.strip()[:LONGEST] or None for name, text in changes.items()}
    known = {*CANONICAL, *traits_of(identities)} if found else set[str]()
    for name in found:
        if not NAME.fullmatch(name) or name in DERIVED:
            raise TerminalError(f"{name[:40]!r} can't be corrected.", advice=f"There are: {', '.join(FORM_TRAITS)}.")
        if name not in known:
            there_are = ", ".join(sorted(known - DERIVED))
            raise TerminalError(f"No trait {name[:40]!r} is known of them.", advice=f"There are: {there_are}.")
    if not found:
        raise TerminalError("Nothing is to be corrected.", advice='Say what: --set "first_name=Ada"')
    if email := found.get("email"):
        found["email"] = _address(email)
    return found


def traits_of(identities: Iterable[int]) -> dict[str, str]:
    """What is known of a person now, as texts: the latest of each trait over all their names."""
    profiles = Profile.objects.filter(pk__in=list(identities))
    return {name: str(value) for name, value in present_values(row.traits for row in profiles).items()}


def message(root: Identity, changes: Traits, hasher: LookupHasher, unique: bytes, now_micros: int) -> Contents:
    """A correction as the message that intake takes: of nobody's event source, and no event.

    Args:
        root: the identity that the lead was made with.
        unique: 16 bytes that no other message has.
    """
    key = hasher.message_key(0, f"{PREFIX}{unique.hex()}")
    draft = Draft(
        position=0,
        source=0,
        kind="identify",
        name="identify",
        user_id=root.value if root.kind == IdentityKind.USER_ID else None,
        anonymous_id=root.value if root.kind == IdentityKind.ANONYMOUS_ID else None,
        previous_id=None,
        group_id=None,
        occurred_micros=max(now_micros, _latest(root) + 1),
        received_micros=now_micros,
        message_key=key,
        properties={},
        traits=changes,
        place=Place(),
        noise=root.noise,
    )
    contents = Contents(f"{PREFIX}{now_micros}-{unique.hex()[:8]}", drafts=[draft])
    contents.note_arrival(now_micros)
    return contents


def _latest(root: Identity) -> int:
    """A browser whose clock is ahead said something that is still to come: a correction counts all the same."""
    rows = Profile.objects.filter(identity__lead=root.lead_id)
    return max((stamp[1] for row in rows for stamp in row.traits.values()), default=0)


def _address(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError as error:
        raise TerminalError("That is no e-mail address.", advice="Write it like name@example.com.") from error
    return text
