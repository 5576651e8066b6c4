"""What became of each message of a segment, in words for the live page: the newest of it, cheaply.

Only as many messages are looked at as are told, however large the segment.
"""

from collections.abc import Iterable, Mapping

import msgspec

from leadline.eventstore.loading import LoadResult
from leadline.pipeline.live import Outcome, Result
from leadline.tracking import scrub
from leadline.tracking.ids import usable_id
from leadline.tracking.intake import Intake
from leadline.tracking.models import EventSource
from leadline.tracking.normalise import Draft, Rejection
from leadline.tracking.plan import Violation
from leadline.tracking.wire import KINDS, MAX_DEPTH, MAX_EVENT_BYTES, UNREADABLE, Message, depth

TOLD = 200
"""Of one segment, at most: the last ones."""
SHOWN_END = 4
SHOWN_BEGIN = 1
Sources = Mapping[int, EventSource]
NOTHING: Mapping[str, object] = {}
NONE_LISTED: frozenset[str] = frozenset()
_decode = msgspec.json.Decoder(Message).decode


def outcomes_of(intake: Intake, loaded: LoadResult, sources: Sources, most: int = TOLD) -> list[Outcome]:
    """The last `most` messages of a segment in the order in which they came, and what became of each.

    Args:
        sources: event sources by number.
    """
    first_row = max(len(intake.drafts) - most, 0)
    repeated = {row for row in loaded.repeated if row >= first_row}
    told: list[tuple[int, Outcome]] = [
        (draft.position, _of_draft(draft, sources, Result.DUPLICATE if row in repeated else Result.STORED))
        for row, draft in enumerate(intake.drafts[first_row:], first_row)
    ]
    told += [(draft.position, _of_draft(draft, sources, Result.TEST)) for draft in intake.rehearsals[-most:]]
    told += [(each.position, of_rejection(each, sources)) for each in intake.rejections[-most:]]
    told.sort(key=lambda pair: pair[0])
    return [outcome for _, outcome in told[-most:]]


def of_rejection(rejection: Rejection, sources: Sources) -> Outcome:
    """A message that went to quarantine, or would have, had its source not been a test. Its properties are scrubbed as
    those of an unplanned event would be."""
    source = sources.get(rejection.source)
    message = _opened(rejection.raw)
    properties = message.properties if message and isinstance(message.properties, dict) else NOTHING
    shown = scrub.scrub(properties, NONE_LISTED, NONE_LISTED) if depth(properties) <= MAX_DEPTH else NOTHING
    kind = message.type if message and isinstance(message.type, str) and message.type in KINDS else ""
    return Outcome(
        source=source.name if source else "",
        kind=kind,
        name=rejection.name,
        who=masked(usable_id(message.user_id), usable_id(message.anonymous_id)) if message else "",
        occurred_micros=rejection.received_micros,
        received_micros=rejection.received_micros,
        properties=shown,
        result=Result.TEST if source and source.test else Result.QUARANTINED,
        violations=_texts(rejection.violations),
        code=rejection.code,
        reason=rejection.reason,
    )


def masked(user_id: str | None, anonymous_id: str | None) -> str:
    """Enough of an id to recognise one's own, and not to read an address: "u…4821", "visitor 3f9a"; nothing without."""
    if user_id is not None:
        end = user_id[-SHOWN_END:] if len(user_id) > 2 * SHOWN_END and "@" not in user_id else ""
        return f"{user_id[:SHOWN_BEGIN]}…{end}"
    if anonymous_id is not None:
        return f"visitor {''.join(each for each in anonymous_id if each.isalnum())[-SHOWN_END:]}"
    return ""


def _of_draft(draft: Draft, sources: Sources, result: Result) -> Outcome:
    source = sources.get(draft.source)
    return Outcome(
        source=source.name if source else "",
        kind=draft.kind,
        name=draft.name,
        who=masked(draft.user_id, draft.anonymous_id),
        occurred_micros=draft.occurred_micros,
        received_micros=draft.received_micros,
        properties=draft.properties,
        result=result,
        traits=tuple(draft.traits),
        path=draft.place.path or "",
        noise=draft.noise,
        violations=_texts(draft.violations),
    )


def _texts(violations: Iterable[Violation]) -> tuple[str, ...]:
    return tuple(violation.text for violation in violations)


def _opened(raw: bytes) -> Message | None:
    if len(raw) > MAX_EVENT_BYTES:
        return None
    try:
        return _decode(raw)
    except UNREADABLE:
        return None
