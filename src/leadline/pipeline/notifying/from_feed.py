"""What the qualification feed holds for a rule: stages entered, promises broken, leads given to somebody.

Numbers of the feed are given inside the pipeline's lock and kept by then, so none turns up behind the mark.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from leadline.notifications.facts import Fact
from leadline.notifications.rules import FEED_KINDS, Conditions, Trigger, stage_label
from leadline.pipeline.notifying.lead_facts import NOBODY, first_reason, lead_fact, standings_of
from leadline.qualification.models import QualificationEvent, Standing
from leadline.qualification.words_written import in_full, written

AT_ONCE = 500


def newest() -> int:
    """The number of the newest event."""
    found = QualificationEvent.objects.order_by("-pk").values_list("pk", flat=True).first()
    return found or 0


def events_after(trigger: Trigger, since: int) -> tuple[list[QualificationEvent], int]:
    """What a rule of this trigger has to look at next, and how far it has looked then."""
    last = newest()
    kind = FEED_KINDS[trigger]
    rows = list(QualificationEvent.objects.filter(pk__gt=since, pk__lte=last, kind=kind).order_by("pk")[:AT_ONCE])
    return rows, rows[-1].pk if len(rows) == AT_ONCE else max(last, since)


def facts_of(trigger: Trigger, asked: Conditions, events: Iterable[QualificationEvent]) -> Iterator[Fact]:
    """Those of the events that the conditions mean, told of the lead as it is now."""
    events = list(events)
    people = standings_of(event.lead_id for event in events)
    notes = written(event.key for event in events)
    for event in events:
        event.detail = in_full(event.key, event.kind, event.detail, notes)
        row = people.get(event.lead_id)
        if row is not None and is_meant(trigger, asked, event, row):
            yield TELLING[trigger](event, row)


def is_meant(trigger: Trigger, asked: Conditions, event: QualificationEvent, row: Standing) -> bool:
    """Whether the conditions mean an event. A stage and its grade are those of the event; else the lead's of now."""
    detail = event.detail
    if trigger is Trigger.STAGE:
        return asked.meets(str(detail.get("to", "")), str(detail.get("grade", "")))
    if trigger is Trigger.ASSIGNED and not is_given(detail, row):
        return False
    return asked.meets(row.stage, row.grade)


def is_given(detail: Mapping[str, object], row: Standing) -> bool:
    """Whether the lead still belongs to whom this event gave it; what was given on is told by its own event."""
    return bool(detail.get("owner")) and row.owner == detail["owner"]


def _entered(event: QualificationEvent, row: Standing) -> Fact:
    detail = event.detail
    values = {
        "stage": stage_label(str(detail.get("to", ""))),
        "from_stage": stage_label(str(detail.get("from", ""))),
        "reason": first_reason(detail) or row.reason,
        "grade": str(detail.get("grade", "")) or row.grade,
    }
    return lead_fact(f"feed:{event.pk}", event.at, f"stage:{detail.get('to', '')}", row, **values)


def _broken(event: QualificationEvent, row: Standing) -> Fact:
    since = event.detail.get("qualified_at")
    moments = {"due": event.at, "since": datetime.fromisoformat(since) if since else event.at}
    return lead_fact(f"feed:{event.pk}", event.at, "breach", row, **moments)


def _given(event: QualificationEvent, row: Standing) -> Fact:
    detail = event.detail
    owner = str(detail.get("owner", ""))
    values = {
        "owner": owner,
        "by": str(detail.get("by") or detail.get("via") or ""),
        "why": str(detail.get("why") or ""),
        "before_owner": str(detail.get("before") or NOBODY),
    }
    return lead_fact(f"feed:{event.pk}", event.at, f"owner:{owner}"[:80], row, **values)


TELLING: Mapping[Trigger, Callable[[QualificationEvent, Standing], Fact]] = {
    Trigger.STAGE: _entered,
    Trigger.BREACH: _broken,
    Trigger.ASSIGNED: _given,
}
