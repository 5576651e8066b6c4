"""Finding a lead by what a person would type: its number, a user id, an e-mail address.

Whoever sees only their own leads finds no other, and whoever may not see who leads are finds them by number alone: to
ask by an address would tell whose it is.
"""

from leadline.kernel.errors import NotFoundError
from leadline.kernel.typed_numbers import number_of
from leadline.privacy.fields import lookup_hasher
from leadline.privacy.sight import sight
from leadline.qualification.models import Standing
from leadline.tracking.identity import IdentityKind
from leadline.tracking.models import Identity, Lead

NUMBER = "lead:"
"""Before what is a lead's number, where user ids may be digits too."""


def find_lead(text: str | int) -> Lead:
    """The lead meant; one that was merged leads to the one it was merged into.

    Args:
        text: what somebody typed: a user id of digits comes before the lead's number that it looks like. An int and
            "lead:57" are nothing but a lead's number.

    Raises:
        NotFoundError: nobody fits.
    """
    lead = _by_number(str(text)) if isinstance(text, int) else _by_text(text.strip())
    if lead is None or not is_seen(survivor(lead)):
        raise NotFoundError(
            f"Nobody is known as {text!r}.",
            advice="Give a lead's number, a user id or an e-mail address.",
        )
    return survivor(lead)


def known_as(kind: IdentityKind, text: str) -> list[int]:
    """The lead with this user id or e-mail address, if there is one and whoever asks may see who people are."""
    found = _with_identity(kind, text.strip()) if sight().people else None
    return [] if found is None else [survivor(found).pk]


def is_seen(lead: Lead) -> bool:
    """Whether whoever asks sees this lead at all."""
    owner = sight().owner
    return owner is None or Standing.objects.filter(lead=lead, owner_user=owner).exists()


def survivor(lead: Lead) -> Lead:
    """The lead that this one was merged into, if it was."""
    seen = {lead.pk}
    while lead.merged_into is not None and lead.merged_into_id not in seen:
        lead = lead.merged_into
        seen.add(lead.pk)
    return lead


def _by_text(text: str) -> Lead | None:
    if text.startswith(NUMBER):
        return _by_number(text.removeprefix(NUMBER))
    return _by_name(text) or _by_number(text)


def _by_name(text: str) -> Lead | None:
    if not sight().people:
        return None
    return _with_identity(IdentityKind.USER_ID, text) or _with_identity(IdentityKind.EMAIL, text)


def _with_identity(kind: IdentityKind, text: str) -> Lead | None:
    value = text.lower() if kind is IdentityKind.EMAIL else text
    identity = Identity.objects.filter(kind=kind, digest=lookup_hasher().digest(kind, value)).first()
    return None if identity is None else identity.lead


def _by_number(text: str) -> Lead | None:
    return Lead.objects.filter(pk=number_of(text) or 0).first()
