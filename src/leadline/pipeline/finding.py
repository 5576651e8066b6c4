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


def find_lead(text: str | int) -> Lead:
    """The lead meant; one that was merged leads to the one it was merged into.

    Args:
        text: what somebody typed: a user id of digits comes before the lead's number that it looks like. An int is
            nothing but a lead's number.

    Raises:
        NotFoundError: nobody fits.
    """
    lead = _by_number(str(text)) if isinstance(text, int) else _by_name(text.strip()) or _by_number(text.strip())
    if lead is None or not is_seen(survivor(lead)):
        raise NotFoundError(
            f"Nobody is known as {text!r}.", advice="Give a lead's number, a user id or an e-mail address."
        )
    return survivor(lead)


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


def _by_name(text: str) -> Lead | None:
    if not sight().people:
        return None
    hasher = lookup_hasher()
    for kind, value in ((IdentityKind.USER_ID, text), (IdentityKind.EMAIL, text.lower())):
        identity = Identity.objects.filter(kind=kind, digest=hasher.digest(kind, value)).first()
        if identity is not None and identity.lead is not None:
            return identity.lead
    return None


def _by_number(text: str) -> Lead | None:
    return Lead.objects.filter(pk=number_of(text) or 0).first()
