"""A simulated life of a few people, made of a seed: everything that can happen to them, in one order of time."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pipeline_cast import MONDAY, Installation, Message, days, hours, identify, page, track, user, visitor

from leadline.kernel.errors import LeadlineError
from leadline.pipeline import identities, sales, traffic
from leadline.pipeline.rescoring import evaluate_everyone
from leadline.scoring import service
from leadline.tracking.models import IdentityClaim, Lead

PEOPLE = ("ada", "bo", "cy")
ROBOT = {"userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/126.0.0.0 Safari/537.36"}


@dataclass
class Arrival:
    """Messages that came in at an instant, in one segment."""

    at: datetime
    messages: list[Message]


@dataclass
class Deed:
    """Something that somebody did by hand at an instant."""

    at: datetime
    kind: str
    draw: float


@dataclass
class Life:
    """Arrivals and deeds by time, and the last day."""

    happenings: list[Arrival | Deed]
    until: datetime
    sent: list[Message] = field(default_factory=list)


def life(seed: int, span: int, rate: float = 0.6) -> Life:
    """A life of `span` days. About `rate` arrivals a day, and now and then a deed."""
    chance = random.Random(seed)  # noqa: S311  # a simulation
    found = Life([], MONDAY + days(span))
    for day in range(span):
        for _ in range(2):
            if chance.random() < rate / 2:
                at = MONDAY + days(day) + hours(chance.uniform(0, 23.5) - 9)
                found.happenings.append(Arrival(max(at, MONDAY), _messages(chance, found, at)))
        if chance.random() < 0.12:
            at = MONDAY + days(day) + hours(chance.uniform(0, 14))
            found.happenings.append(Deed(at, chance.choice(DEEDS), chance.random()))
    found.happenings.sort(key=lambda happening: happening.at)
    return found


def live(place: Installation, story: Life, monkeypatch: Any, ticks: Callable[[datetime], bool]) -> None:
    """Live it. `ticks` says whether a tick runs after what arrived at an instant; before a deed one always does."""
    for happening in story.happenings:
        if isinstance(happening, Arrival):
            place.send(happening.at, *happening.messages)
            if ticks(happening.at):
                place.tick(happening.at)
        else:
            place.tick(happening.at)
            do(place, happening, monkeypatch)
    place.tick(story.until)


def do(place: Installation, deed: Deed, monkeypatch: Any) -> None:
    """A deed; one that cannot be done, because nobody is there for it yet, is left out."""
    for module in (identities, sales, traffic):
        monkeypatch.setattr(module, "utc_now", lambda: deed.at)
    with suppress(LeadlineError):
        {"merge": _merge, "unmerge": _unmerge, "publish": _publish, "rescore": _rescore, "traffic": _traffic}.get(
            deed.kind, _say
        )(place, deed)


DEEDS = (
    *("merge", "merge", "unmerge", "unmerge", "publish", "rescore", "traffic"),
    *("accept", "reject", "requalify", "override", "release"),
)


def _picked(draw: float, found: list[Any]) -> Any:
    return found[int(draw * len(found))]


def _merge(place: Installation, deed: Deed) -> None:
    leads = list(Lead.objects.filter(merged_into=None).order_by("pk").values_list("pk", flat=True))
    one, other = _picked(deed.draw, leads), _picked(deed.draw * 7 % 1, leads)
    identities.merge(place.engine, str(one), str(other))


def _unmerge(place: Installation, deed: Deed) -> None:
    claims = list(IdentityClaim.objects.filter(revoked_at=None).select_related("identity", "owner").order_by("pk"))
    if claims:
        identities.unmerge_claim(place.engine, _picked(deed.draw, claims), deed.at)


def _publish(place: Installation, deed: Deed) -> None:
    text = service.document_of("offshore-staffing")
    enter = 30 + int(deed.draw * 3) * 10
    changed = text.replace(
        "enter: {at_least: 2, of: {tool_usage: 50", f"enter: {{at_least: 2, of: {{tool_usage: {enter}"
    )
    changed = changed.replace("enter_total: {points: 55", f"enter_total: {{points: {enter}")
    changed = changed.replace("stay_total: 30", "stay_total: 20").replace(
        "after_silent_days: 60", "after_silent_days: 5"
    )
    changed = changed.replace("trigger_days: 30", "trigger_days: 4").replace("dwell_days: 14", "dwell_days: 3")
    if deed.draw > 0.5:
        changed = changed.replace("triggers: [conversion_signals]", "triggers: [conversion_signals, qualified]")
    ruleset = service.publish(changed)
    if ruleset.number != place.engine.ruleset.number:
        place.engine.use(ruleset)
        evaluate_everyone(place.engine, deed.at)


def _rescore(place: Installation, deed: Deed) -> None:
    evaluate_everyone(place.engine, deed.at)
    if deed.draw > 0.7:
        evaluate_everyone(place.engine, deed.at - days(40), stages=False)


def _traffic(place: Installation, deed: Deed) -> None:
    change = traffic.traffic_add if deed.draw < 0.5 else traffic.traffic_remove
    change(place.engine, "email-domain", f"{_picked(deed.draw * 2 % 1, list(PEOPLE))}.example")


def _say(place: Installation, deed: Deed) -> None:
    who = str(_picked(deed.draw, list(Lead.objects.order_by("pk").values_list("pk", flat=True))))
    until = (deed.at + days(9)).isoformat()
    match deed.kind:
        case "accept":
            sales.lead_accept(place.engine, who)
        case "reject":
            reason = "job_seeker" if deed.draw > 0.5 else "too_small"
            sales.lead_reject(place.engine, who, reason)
        case "requalify":
            sales.lead_requalify(place.engine, who)
        case "override":
            sales.lead_override(place.engine, who, "qualified", "a hunch", until)
        case _:
            sales.lead_release(place.engine, who)


def _messages(chance: random.Random, story: Life, at: datetime) -> list[Message]:
    found = [
        _message(chance, at - hours(chance.choice([0, 0, 0, 0.2, 3, 30, 400]))) for _ in range(chance.randint(1, 5))
    ]
    if story.sent and chance.random() < 0.2:
        found.append(chance.choice(story.sent))
    story.sent += found
    return found


def _message(chance: random.Random, at: datetime) -> Message:
    """One message of somebody: as a visitor, as a user, or as both at once, which makes them one."""
    name = chance.choice(PEOPLE)
    browser = chance.choice([name, name, name, "shared"])
    who = chance.choice(
        [visitor(browser), visitor(browser), user(name), user(name, browser), user(f"{name}2", browser)]
    )
    made = _deed_of(chance, who, name, at)
    if chance.random() < 0.05:
        made["context"] = {**made.get("context", {}), **ROBOT}
        made["messageId"] = f"robot-{made['messageId']}"
    return made


Making = Callable[[random.Random, dict[str, str], datetime, int], Message]
MAKINGS: tuple[Making, ...] = (
    lambda _, who, at, __: page(who, at),
    lambda _, who, at, n: track(who, "Tool Used", at, tool=f"tool{n}", completed=True),
    lambda _, who, at, n: track(who, "Tool Used", at, tool=f"tool{n}", completed=True),
    lambda _, who, at, n: track(who, "Content Completed", at, content_id=f"c{n}"),
    lambda _, who, at, n: track(who, "Quote Requested", at, quote_id=f"q{n}", seats=n - 1, roles=["clerk"]),
    lambda _, who, at, n: track(who, "Strategy Call Booked", at, call_id=f"k{n}", starts_at=at.isoformat()),
    lambda _, who, at, n: track(who, "Strategy Call Cancelled", at, call_id=f"k{n}"),
    lambda _, who, at, n: track(who, "Opportunity Opened", at, opportunity_id=f"o{n}", amount=100 * n),
    lambda _, who, at, n: track(who, "Opportunity Lost", at, opportunity_id=f"o{n}"),
    lambda c, who, at, n: track(who, "Deal Won", at, deal_id=f"d{n}") if c.random() < 0.3 else page(who, at),
    lambda c, who, at, _: track(who, "Job Application Submitted", at) if c.random() < 0.2 else page(who, at, "/jobs"),
    lambda _, who, at, n: track(who, "Role Progressed", at, role_id=f"r{n}", progress=25 * n),
    lambda _, who, at, n: track(who, "Lead Contacted", at, owner=f"seller{n}", channel="phone"),
)


def _deed_of(chance: random.Random, who: dict[str, str], name: str, at: datetime) -> Message:
    number = chance.randint(1, 4)
    if chance.random() < 0.25:
        return identify(who, at, **_traits(chance, name, number))
    return chance.choice(MAKINGS)(chance, who, at, number)


def _traits(chance: random.Random, name: str, number: int) -> dict[str, object]:
    traits: dict[str, object] = {
        "email": chance.choice([f"{name}@{name}.example", f"{name}@{name}.example", None]),
        "phone": chance.choice(["+44 20 7946 0000", None, ""]),
        "title": chance.choice(["CTO", None]),
        "industry": chance.choice(["software", "law", None]),
        "employees": number * 40,
    }
    return dict(chance.sample(sorted(traits.items(), key=lambda item: item[0]), number))
