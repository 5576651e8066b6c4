"""What step (a) made of a segment, as the columns that the event store takes."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from leadline.eventstore.columns import EVENTS, TRAITS, arrow_table
from leadline.eventstore.loading import SegmentLoad
from leadline.kernel.clock import from_micros
from leadline.tracking.events import TraitChange
from leadline.tracking.intake import Intake
from leadline.tracking.noise import BOT, INTERNAL
from leadline.tracking.normalise import Draft

KEY_BYTES = 16
encode = msgspec.json.Encoder().encode


def segment_load(intake: Intake) -> SegmentLoad:
    """The load of one segment. Only surrogates and what scrubbing left cross over."""
    return SegmentLoad(
        name=intake.segment,
        events=arrow_table(EVENTS, _events(intake.drafts, intake.identities)),
        traits=arrow_table(TRAITS, _traits(intake.traits)),
        quarantined=intake.quarantined,
        first_received_at=from_micros(intake.first_received_micros),
        last_received_at=from_micros(intake.last_received_micros),
    )


def _events(drafts: Sequence[Draft], identities: Sequence[int]) -> dict[str, list[Any]]:
    places = [draft.place for draft in drafts]
    return {
        "source": [draft.source for draft in drafts],
        "message_hash": [draft.message_hash for draft in drafts],
        "message_key": [draft.message_key.to_bytes(KEY_BYTES, "big") for draft in drafts],
        "kind": [draft.kind for draft in drafts],
        "name": [draft.name for draft in drafts],
        "identity": list(identities),
        "occurred_at": [draft.occurred_micros for draft in drafts],
        "received_at": [draft.received_micros for draft in drafts],
        "properties": [encode(draft.properties).decode() if draft.properties else None for draft in drafts],
        "path": [place.path for place in places],
        "referrer_domain": [place.referrer_domain for place in places],
        "utm_source": [place.utm_source for place in places],
        "utm_medium": [place.utm_medium for place in places],
        "utm_campaign": [place.utm_campaign for place in places],
        "bot": [draft.noise == BOT for draft in drafts],
        "internal": [draft.noise == INTERNAL for draft in drafts],
    }


def _traits(changes: Iterable[TraitChange]) -> dict[str, list[Any]]:
    rows = list(changes)
    return {
        "identity": [row.identity for row in rows],
        "key": [row.key for row in rows],
        "value": [row.value for row in rows],
        "present": [row.present for row in rows],
        "occurred_at": [row.occurred_micros for row in rows],
        "message_hash": [row.message_hash for row in rows],
    }
