"""The controls by which the list of leads is narrowed beyond stage, grade and fit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from leadline.analytics.segment_fields import FIELDS, FieldKind
from leadline.analytics.segments import Condition, Segment
from leadline.web.lead_filter import SIMPLE, SUFFIXES, LeadFilter
from leadline.web.queries.leads import choices

GROUPS = (
    ("Score", ("total.min", "total.max", "engagement.min", "readiness.min", "conversion.min", "gain_week.min")),
    ("Came by", ("channel", "source", "campaign", "landing", "event_source")),
    ("Company", ("company", "industry", "country", "employees.min", "employees.max")),
    ("Sales", ("owner", "contacted", "accepted", "snoozed", "rejected", "overdue", "crm_status", "monthly_value.min")),
    ("Time", ("last_seen.within", "last_seen.before", "known_at.within", "qualified_at.within", "stage_since.before")),
)
WORDS = {"min": "at least", "max": "at most", "within": "within", "before": "more than … ago"}
SPANS = ("24h", "7d", "14d", "30d", "90d")
SUGGESTED = frozenset({"channel", "source", "campaign", "event_source", "industry", "country", "owner", "crm_status"})


@dataclass(frozen=True, slots=True)
class Control:
    """One control. `kind`: choice (of `options`), text (with suggestions), number or span."""

    name: str
    label: str
    kind: str
    value: str
    options: tuple[str, ...] = ()


def further_controls(wanted: LeadFilter) -> list[tuple[str, list[Control]]]:
    """Every control, by its group, with what is asked now and what there is to choose."""
    return [(title, [_control(name, wanted) for name in names]) for title, names in GROUPS]


def hidden_segment(wanted: LeadFilter) -> str:
    """What no control of the first line says: it goes along when they are changed."""
    return Segment(tuple(_beyond(wanted, SIMPLE))).text


def left_over(wanted: LeadFilter) -> str:
    """What no control at all says."""
    shown = [*SIMPLE, *(name for _, names in GROUPS for name in names)]
    return Segment(tuple(_beyond(wanted, shown))).text


def _beyond(wanted: LeadFilter, shown: Sequence[str]) -> Iterator[Condition]:
    for each in wanted.segment.conditions:
        suffix = next((suffix for suffix, operators in SUFFIXES.items() if each.operator in operators), "")
        name = f"{each.field.name}{suffix}"
        alone = len([other for other in wanted.segment.of(each.field.name) if other.operator is each.operator]) == 1
        if name not in shown or not alone or len(each.values) > 1 or not each.values[0]:
            yield each


def _control(name: str, wanted: LeadFilter) -> Control:
    field_name, _, suffix = name.partition(".")
    field = FIELDS[field_name]
    label = f"{field.label} {WORDS[suffix]}" if suffix else field.label
    value = wanted.value(name)
    if field.kind is FieldKind.FLAG:
        return Control(name, label, "choice", value, ("yes", "no"))
    if field.kind is FieldKind.MOMENT:
        return Control(name, label, "span", value, SPANS)
    if suffix:
        return Control(name, label, "number", value)
    return Control(name, label, "text", value, tuple(choices(field.column)) if field_name in SUGGESTED else ())
