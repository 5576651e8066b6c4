"""Finding a lead by what a person would type: its number, a user id, an e-mail address."""

from leadline.kernel.errors import NotFoundError
from leadline.privacy.fields import lookup_hasher
from leadline.tracking.identity import IdentityKind
from leadline.tracking.models import Identity, Lead


def find_lead(text: str) -> Lead:
    """The lead meant; one that was merged leads to the one it was merged into.

    Raises:
        NotFoundError: nobody fits.
    """
    lead = _by_name(text.strip()) or _by_number(text.strip())
    if lead is None:
        raise NotFoundError(
            f"Nobody is known as {text!r}.", advice="Give a lead's number, a user id or an e-mail address."
        )
    return survivor(lead)


def survivor(lead: Lead) -> Lead:
    """The lead that this one was merged into, if it was."""
    seen = {lead.pk}
    while lead.merged_into is not None and lead.merged_into_id not in seen:
        lead = lead.merged_into
        seen.add(lead.pk)
    return lead


def _by_name(text: str) -> Lead | None:
    hasher = lookup_hasher()
    for kind, value in ((IdentityKind.USER_ID, text), (IdentityKind.EMAIL, text.lower())):
        identity = Identity.objects.filter(kind=kind, digest=hasher.digest(kind, value)).first()
        if identity is not None and identity.lead is not None:
            return identity.lead
    return None


def _by_number(text: str) -> Lead | None:
    return Lead.objects.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 19 else None
