"""Counting the demonstration's people: who they are and what became of them up to a moment."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from leadline.demo.acquisition import BARGAIN
from leadline.demo.lives import Life
from leadline.demo.platform import Platform


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of a life, without the messages around it."""

    at: datetime
    event: str
    properties: dict[str, object]


def happenings(life: Life, end: datetime) -> Iterator[Happening]:
    """Everything that was tracked of a person before `end`, page views aside; in no particular order."""
    for visit in life.visits:
        for step in visit.steps:
            for fact in step.facts:
                at = visit.at + timedelta(seconds=fact.after)
                if fact.kind == "track" and at < end:
                    yield Happening(at, fact.name, fact.values)
    for moment in life.moments:
        if moment.at < end:
            yield Happening(moment.at, moment.event, moment.values)


def outcomes(life: Life, end: datetime) -> set[str]:
    """The groups someone belongs to at `end`: visitor or known, and what else holds of them."""
    happened = list(happenings(life, end))
    events = {happening.event for happening in happened}
    groups = {"known" if "Signed Up" in events else "visitor"}
    groups |= {name for event, name in _GROUPS.items() if event in events}
    if any(h.event == "Signed Up" and h.properties["intent"] == "work" for h in happened):
        groups.add("job_seeker")
    if _asked(happened):
        groups |= {"asked"} | (set() if "Lead Contacted" in events else {"asked_uncontacted"})
    return groups


def summary(platform: Platform, end: datetime) -> dict[str, dict[str, int]]:
    """Counts of the people seen before `end`: by archetype, kind, outcome, and outcome of the cheap campaign."""
    counts: dict[str, Counter[str]] = {key: Counter() for key in ("archetype", "kind", "outcome", "bargain")}
    for life in platform.lives(platform.origin, end):
        if not life.visits or life.visits[0].at >= end:
            continue
        groups = outcomes(life, end)
        counts["archetype"][life.person.archetype.name] += 1
        counts["kind"][life.person.kind] += 1
        counts["outcome"].update(groups)
        if life.person.touch is BARGAIN:
            counts["bargain"].update(groups)
    return {key: dict(sorted(counter.items())) for key, counter in counts.items()}


_GROUPS = {
    "Opportunity Opened": "opportunity",
    "Opportunity Lost": "lost",
    "Deal Won": "won",
    "Lead Contacted": "contacted",
    "Premium Upgraded": "premium",
}


def _asked(happened: list[Happening]) -> bool:
    """Qualified-looking: a quote with seats, or a call that was not cancelled."""
    cancelled = {h.properties["call_id"] for h in happened if h.event == "Strategy Call Cancelled"}
    return any(
        (h.event == "Quote Requested" and int(str(h.properties["seats"])) >= 1)
        or (h.event == "Strategy Call Booked" and h.properties["call_id"] not in cancelled)
        for h in happened
    )
