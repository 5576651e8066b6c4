"""Generated people for the truth tests of forecasts and counterfactuals: what is foretold is then really done."""

import random
from datetime import datetime, timedelta
from typing import Any

from pipeline_cast import MONDAY, Installation, Message, hours, identify, page, track, user, visitor

from leadline.kernel.clock import from_micros
from leadline.scoring.next_steps import Step

Told = tuple[str, dict[str, Any]]
WHO = user("ada", browser="ada")
NOW = MONDAY + timedelta(days=9)
EVENTS: tuple[Told, ...] = (
    ("Tool Used", {"tool": "calculator", "completed": True}),
    ("Content Completed", {"content_id": "c1", "kind": "article"}),
    ("Page Engaged", {"engaged_ms": 900_000}),
    ("Quiz Completed", {"quiz_id": "readiness", "score": 70}),
    ("Role Progressed", {"role_id": "r1", "progress": 80}),
    ("Course Completed", {"course_id": "k1"}),
    ("Quote Requested", {"quote_id": "q1", "seats": 4}),
    ("Strategy Call Booked", {"call_id": "s1"}),
    ("Strategy Call Missed", {"call_id": "s1"}),
    ("Premium Upgraded", {"plan": "pro"}),
)
TRAITS = {"title": "Owner", "company": {"name": "Acme"}, "country": "DE", "industry": "retail", "employees": 12}


def life(seed: int) -> list[tuple[datetime, list[Message]]]:
    """Somebody's nine days, as (when it came in, messages)."""
    chance = random.Random(seed)  # noqa: S311  # not a secret
    who = visitor("ada") if chance.random() < 0.1 else WHO
    traits = dict(chance.sample(sorted(TRAITS.items(), key=str), chance.randrange(5)))
    if chance.random() < 0.8:
        traits["email"] = chance.choice(["ada@works.example", "ada@gmail.com"])
    first = MONDAY + hours(chance.randrange(24))
    arrivals = [(first, [identify(who, first, **traits)] if who is WHO else [page(who, first)])]
    for _ in range(chance.choice([3, 6, 12])):
        at = MONDAY + timedelta(days=chance.randrange(1, 9), hours=chance.randrange(24), minutes=chance.randrange(60))
        name, given = chance.choice(EVENTS)
        arrivals.append((at, [page(who, at), track(who, name, at, **_varied(chance, given))]))
    return sorted(arrivals, key=lambda arrival: arrival[0])


def _varied(chance: random.Random, given: dict[str, Any]) -> dict[str, Any]:
    keys = {name: f"{value}-{chance.randrange(4)}" for name, value in given.items() if name.endswith("_id")}
    return given | keys


def lived(place: Installation, seed: int) -> int:
    """Let somebody live, and tick at NOW. Returns the lead."""
    for at, messages in life(seed):
        place.send(at, *messages)
    place.tick(NOW)
    return place.lead("browser-ada").pk


UNREAD = {
    "Role Progressed": {"role_id": "r1"},
    "Quote Calculated": {"quote_id": "q9"},
    "Tool Used": {"tool": "calculator"},
    "Quiz Completed": {"quiz_id": "readiness"},
    "Premium Upgraded": {"plan": "pro"},
    "Content Completed": {"kind": "article"},
}
"""What the tracking plan asks for and no rule reads."""


def happening(step: Step, who: dict[str, str]) -> Message:
    """A step as the message that somebody's browser would send."""
    if step.event is None:
        at = from_micros(step.traits[0].occurred_micros)
        return identify(who, at, **{change.key: change.value or "something" for change in step.traits})
    at = from_micros(step.event.occurred_micros)
    if step.event.kind == "page":
        return page(who, at)
    return track(who, step.event.name, at, **{**UNREAD.get(step.event.name, {}), **step.event.properties})
