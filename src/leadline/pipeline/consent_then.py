"""Whether somebody was known to refuse profiling, at any time: what a replay must not score."""

from datetime import datetime

from leadline.eventstore.database import Cursor
from leadline.eventstore.replaying import Knowledge, identities_known, loaded_traits
from leadline.kernel.clock import to_micros
from leadline.tracking.consent import How, Purpose, Times
from leadline.tracking.consent_book import GIVEN, PROFILING_TRAIT
from leadline.tracking.models import ConsentStatement


def profiling_permitted(cursor: Cursor, lead: int, knowledge: Knowledge, known_at: datetime | None) -> bool:
    """Whether a lead allowed profiling, as far as these loads and edges, and what was written down by hand, told.

    Args:
        known_at: when that was; None is now.
    """
    identities = identities_known(cursor, lead, knowledge.edge_id)
    if not identities:
        return True
    found = _by_hand(identities, known_at)
    for each in loaded_traits(cursor, identities, [PROFILING_TRAIT]):
        if each.load_seq <= knowledge.load_seq:
            change = each.change
            found = found.joined(Times.of(change.value == GIVEN, change.occurred_micros))
    return not found.is_refused


def _by_hand(identities: list[int], known_at: datetime | None) -> Times:
    rows = ConsentStatement.objects.filter(identity__in=identities, purpose=Purpose.PROFILING, how=How.HAND)
    rows = rows if known_at is None else rows.filter(received_at__lte=known_at)
    found = Times()
    for given, said_at in rows.values_list("given", "said_at"):
        found = found.joined(Times.of(given, to_micros(said_at), by_hand=True))
    return found
