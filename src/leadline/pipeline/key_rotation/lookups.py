"""Whether this installation's digests are those of its key for look-ups: with another key everybody would be new."""

from pathlib import Path

from django.db.models import Q

from leadline.kernel.errors import ConfigurationError
from leadline.privacy.fields import lookup_hasher
from leadline.privacy.lookup_key import FILE_NAME, keep_lookup_key
from leadline.privacy.sight import EVERYTHING, seeing
from leadline.tracking.models import Identity


def keep_lookups(data: Path) -> None:
    """To be called before anything is loaded: see that the key is the right one, and that it is kept.

    Raises:
        ConfigurationError: it is not that of the digests that are stored.
    """
    check_lookups(data)
    keep_lookup_key(data)


def check_lookups(data: Path) -> None:
    """One name that is known must have the digest that is stored with it.

    Raises:
        ConfigurationError: it has another, or no secret key opens what is stored.
    """
    with seeing(EVERYTHING):
        known = Identity.objects.exclude(Q(value=None)).order_by("pk").first()
        if known and lookup_hasher().digest(known.kind, known.value) != bytes(known.digest):
            raise ConfigurationError(
                f"The key for look-ups in {data} is not that of the names stored here: nobody would be found again.",
                advice=f"Restore {FILE_NAME} from the backup, or put the oldest secret key back at the end.",
            )
