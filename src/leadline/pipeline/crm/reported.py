"""Which conversions a connection reported itself: those of its deals, found by the digests that they must have."""

from collections.abc import Collection, Iterable

from leadline.pipeline.crm.deals import CANCELLED, EVENTS
from leadline.pipeline.crm.sources import source_name
from leadline.pipeline.models import ReportedDeal
from leadline.privacy.fields import lookup_hasher
from leadline.scoring.ruleset import Ruleset
from leadline.tracking.chunks import chunks
from leadline.tracking.models import Conversion, EventSource


def reported_by(ruleset: Ruleset, connection: str, conversions: Iterable[int]) -> frozenset[int]:
    """Those of these conversions that come from a deal of this connection."""
    source = EventSource.objects.filter(name=source_name(connection)).first()
    numbers = list(conversions)
    if source is None or not numbers:
        return frozenset()
    found: set[int] = set()
    for some in chunks(numbers):
        rows = list(Conversion.objects.filter(pk__in=some).values_list("pk", "digest", "identity__lead"))
        digests = _digests(ruleset, source.pk, connection, {lead for _, _, lead in rows if lead is not None})
        found |= {pk for pk, digest, _ in rows if bytes(digest) in digests}
    return frozenset(found)


def _digests(ruleset: Ruleset, source: int, connection: str, leads: Collection[int]) -> frozenset[bytes]:
    """What the conversions of these leads' deals are kept under."""
    deals = ReportedDeal.objects.filter(connection__name=connection, lead__in=leads).values_list("remote_id", flat=True)
    names = [rule.name for rule in ruleset.conversions if rule.event in EVENTS and rule.event != CANCELLED]
    hasher = lookup_hasher()
    return frozenset(hasher.digest(f"conversion:{name}", f"{source}:{deal}") for deal in deals for name in names)
