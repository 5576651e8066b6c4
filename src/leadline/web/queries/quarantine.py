"""The quarantine page: the messages that a filter means, and what there is to choose from."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count
from django.http import QueryDict
from django.utils.http import urlencode

from leadline.kernel.typed_numbers import number_of
from leadline.pipeline.quarantine import ANY, NO, YES, HeldFilter
from leadline.tracking.models import QuarantinedMessage
from leadline.web.keyset import PAGE, Page, capped_count, page_after

CHOICES_SHOWN = 50
SPANS = ((0, "whenever"), (1, "in 24 hours"), (7, "in 7 days"), (30, "in 30 days"))
STATES = ((NO, "still held"), (YES, "replayed"), (ANY, "held or replayed"))
TEXTS = ("reason", "source", "event")


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer, the most frequent first."""

    reasons: Mapping[str, int]
    sources: Mapping[str, int]
    events: Mapping[str, int]


def wanted_of(query: QueryDict) -> HeldFilter:
    """The filter that an address says."""
    reason, source, event = (query.get(name, "")[:120] for name in TEXTS)
    state, days = query.get("replayed", NO), query.get("days", "")
    return HeldFilter(
        reason,
        source,
        event,
        state if state in dict(STATES) else NO,
        span if (span := number_of(days) or 0) in dict(SPANS) else 0,
    )


def query_of(wanted: HeldFilter, after: str = "") -> str:
    """The inverse of `wanted_of`: only what was chosen, with a question mark in front."""
    chosen = {name: getattr(wanted, name) for name in TEXTS}
    chosen |= {"replayed": "" if wanted.replayed == NO else wanted.replayed, "days": wanted.days, "after": after}
    return "?" + urlencode({name: value for name, value in chosen.items() if value})


def held_messages(wanted: HeldFilter, after: str, now: datetime, size: int = PAGE) -> Page[QuarantinedMessage]:
    """The messages, the latest first. Bodies stay sealed."""
    rows = wanted.rows(now).defer("body", "headers", "repair")
    return page_after(rows, ("-received_at", "-id"), after, size)


def count_held(wanted: HeldFilter, now: datetime) -> int:
    """How many there are, counted to the cap of lists."""
    return capped_count(wanted.rows(now))


def choices(wanted: HeldFilter, now: datetime) -> Choices:
    """Reasons, sources and events of the messages that the rest of the filter means."""
    return Choices(
        _counted(replace(wanted, reason=""), "code", now),
        _counted(replace(wanted, source=""), "source__name", now),
        _counted(replace(wanted, event=""), "name", now),
    )


def _counted(wanted: HeldFilter, field: str, now: datetime) -> dict[str, int]:
    rows = wanted.rows(now).select_related(None).values_list(field).annotate(count=Count("pk"))
    return {name: count for name, count in rows.order_by("-count", field)[:CHOICES_SHOWN] if name}
