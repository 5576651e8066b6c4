"""The people of the pages: believable rows, made through the ORM, and an explanation made by the real engine."""

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from html import unescape
from typing import Any

from django.test import Client

from leadline.accounts.models import User
from leadline.kernel.clock import to_micros, utc_now
from leadline.pipeline.explaining import Explanation, TimelineEntry
from leadline.privacy.fields import lookup_hasher
from leadline.qualification.models import SalesAction, Standing, Transition
from leadline.qualification.sla import contact_due
from leadline.qualification.stages import Stage, StageState
from leadline.scoring.document import load_ruleset
from leadline.scoring.engine import LeadScoringEngine
from leadline.scoring.ledger import ledger
from leadline.scoring.models import PublishedRuleset
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.sentences import sentence_for
from leadline.scoring.service import find_document, publish
from leadline.tracking.events import Event, TraitChange
from leadline.tracking.models import Account, EventSource, Identity, Lead, QuarantinedMessage

PASSWORD = "sound-the-depth-9"
MICRO = 1_000_000
_numbers = itertools.count(1)


def published() -> Ruleset:
    """The default ruleset, in force; parsed once per test run."""
    row = PublishedRuleset.objects.first()
    return _parsed(row.pk) if row else publish(find_document("offshore-staffing"))


@lru_cache
def _parsed(number: int) -> Ruleset:
    return load_ruleset(find_document("offshore-staffing"), number)


def user(role: str = User.Role.SALES, **fields: Any) -> User:
    """Somebody who can sign in with PASSWORD."""
    email = fields.pop("email", f"{role}{next(_numbers)}@leadline.test")
    return User.objects.create_user(email, PASSWORD, role=role, **fields)


def company(name: str, domain: str = "", **fields: Any) -> Account:
    """A company; asked for twice it is the same one."""
    digest = lookup_hasher().digest("account", name)
    return Account.objects.get_or_create(digest=digest, defaults={"name": name, "domain": domain, **fields})[0]


def lead(name: str = "", account: Account | None = None, *, known: bool = True, **card: str) -> Lead:
    """A person with an e-mail address, or a visitor without anything."""
    now = utc_now()
    if known:
        card.setdefault("email", f"{name.split(' ')[0].lower() or 'someone'}{next(_numbers)}@example.com")
    row = Lead.objects.create(
        account=account,
        known=known,
        reachable=known,
        card={"name": name, **card} if name else card or None,
        first_seen_at=card_moment(now, 10),
        last_seen_at=now - timedelta(hours=2),
    )
    if known:
        Identity.objects.create(
            kind=Identity.Kind.EMAIL,
            digest=lookup_hasher().digest("email", card["email"].lower()),
            value=card["email"],
            lead=row,
            first_seen_at=row.first_seen_at,
        )
    return row


def card_moment(now: datetime, days: float) -> datetime:
    """So many days before now."""
    return now - timedelta(days=days)


def standing(
    person: Lead, scores: tuple[float, float, float] = (40, 40, 40), *, stage: str = "qualified", **fields: Any
) -> Standing:
    """Where somebody stands, with engagement, readiness and conversion as given and the total they make."""
    ruleset = published()
    engagement, readiness, conversion = (round(each * MICRO) for each in scores)
    total = (engagement * 20 + readiness * 20 + conversion * 60) // 100
    now = utc_now()
    defaults = {
        "stage": stage,
        "stage_since": now,
        "state": {},
        "total": total,
        "engagement": engagement,
        "readiness": readiness,
        "conversion": conversion,
        "grade": ruleset.grade_of(total),
        "ruleset": ruleset.number,
        "scored_at": now,
        "reason": "Completed a tool 4 times",
        "reason_at": now - timedelta(hours=2),
    }
    row = {**defaults, **fields}
    if row["stage"]:
        row["state"] = StageState(Stage(row["stage"]), row["stage_since"]).as_dict()
    if row["stage"] == Stage.QUALIFIED:
        triggers = [row["trigger_at"]] if row.get("trigger_at") else []
        row.setdefault("contact_due_at", contact_due(ruleset.promise, row["stage_since"], triggers).at)
    if fields.get("contacted_at"):
        _said(person, "contact", row["contacted_at"])
    if fields.get("accepted_at"):
        _said(person, "accept", row["accepted_at"])
    return Standing.objects.create(lead=person, **row)


def _said(person: Lead, kind: str, at: datetime) -> None:
    """The word behind a column: evaluations read the words."""
    SalesAction.objects.create(lead=person, kind=kind, at=at)


def qualified(name: str, ago: timedelta, **fields: Any) -> Standing:
    """A qualified lead whose trigger and stage began so long ago."""
    moment = utc_now() - ago
    known = {
        "trigger_at": moment,
        "stage_since": moment,
        "reason_at": moment,
        "reason": "Requested a quote for 4 bookkeepers",
    }
    account = fields.pop("account", None)
    scores = fields.pop("scores", (70, 80, 50))
    return standing(lead(name, account), scores, **{**known, **fields})


@dataclass(frozen=True)
class Sketch:
    """One invented person."""

    name: str
    company: str
    title: str
    scores: tuple[float, float, float]
    reason: str
    hours: float
    seats: int | None = None
    value: int | None = None
    gain: float = 0
    stage: str = "qualified"
    owner: str = ""
    contacted: bool = False
    trigger: bool = True


QUOTE, CALL, WON = "Requested a quote for 4 bookkeepers", "Booked a strategy call", "Became a customer"
READ = "Finished at least 3 pieces of content"
MARIA, JOSE = "Maria Santos", "Jose Reyes"
SIGNALS, PROFILE = "conversion_signals", "profile_development"
SKETCHES = (
    Sketch("Amelia Hart", "Northgate Dental Group", "Practice manager", (73.5, 79, 49.5), QUOTE, 0.4, 4, 9600, 31),
    Sketch("Rashid Karim", "Kestrel Logistics", "Operations", (85, 95, 78.3), CALL, 30, 12, 27400, 22, owner=MARIA),
    Sketch("Joanna Weiss", "Weiss & Partner Architekten", "Partner", (60, 70, 55), QUOTE, 3, 2, 5200, 9, owner=JOSE),
    Sketch("Ingrid Solberg", "Fjordline Accounting AS", "Managing director", (62, 88, 61), CALL, 20, 8, 18800, 12),
    Sketch("Tom Okafor", "Brightside Solar", "Founder", (75, 75, 20), "Upgraded to Premium", 26, 6, 13900, 18, SIGNALS),
    Sketch("Priya Nair", "Loom & Thread", "COO", (80, 85, 5), READ, 50, 3, 6100, 16, SIGNALS, JOSE, trigger=False),
    Sketch(
        "Daniel Cruz",
        "Harbour View Realty",
        "Broker",
        (65, 60, 10),
        "Wants 1 seat",
        55,
        1,
        2300,
        15,
        PROFILE,
        trigger=False,
    ),
    Sketch(
        "Marcus Webb", "Webb & Daughters Plumbing", "Owner", (40, 35, 0), READ, 70, gain=4, stage=PROFILE, trigger=False
    ),
    Sketch(
        "Chiara Lombardi",
        "Lombardi Ceramiche",
        "CFO",
        (55, 48, 38),
        QUOTE,
        200,
        3,
        7000,
        -4,
        owner=MARIA,
        contacted=True,
    ),
    Sketch(
        "Owen Price", "Tidewater Freight", "Analyst", (22, 10, 0), READ, 300, stage="initial_engagement", trigger=False
    ),
    Sketch(
        "Hana Suzuki", "Suzuki Interiors", "Director", (88, 92, 84), WON, 400, 10, 22000, 2, "customer", MARIA, True
    ),
    Sketch("Leo Martins", "", "", (50, 20, 0), "Completed a tool 3 times", 90, stage="disqualified", trigger=False),
)


def platform() -> Mapping[str, Lead]:
    """Everybody above, two visitors, and something in quarantine."""
    people = {sketch.name: _person(sketch) for sketch in SKETCHES}
    for scores in ((30, 0, 0), (12, 0, 0)):
        standing(lead(known=False), scores, stage="initial_engagement", reason="Spent 9 engaged minutes")
    _explained(people["Amelia Hart"])
    _history(people["Amelia Hart"])
    quarantine()
    return people


def _person(sketch: Sketch) -> Lead:
    now = utc_now()
    moment = now - timedelta(hours=sketch.hours)
    account = (
        company(sketch.company, _domain(sketch.company), employees=38, industry="Services") if sketch.company else None
    )
    first = sketch.name.split(" ")[0].lower()
    person = lead(
        sketch.name,
        account,
        email=f"{first}@{account.domain if account else 'mail.example'}",
        phone="+61 7 5550 1234",
        title=sketch.title,
        city="Brisbane",
        country="AU",
    )
    standing(
        person,
        sketch.scores,
        stage=sketch.stage,
        stage_since=moment,
        trigger_at=moment if sketch.trigger else None,
        reason=sketch.reason,
        reason_at=moment,
        seats=sketch.seats,
        monthly_value=Decimal(sketch.value) if sketch.value else None,
        currency="USD" if sketch.value else "",
        gain_week=round(sketch.gain * MICRO),
        owner=sketch.owner,
        contacted_at=moment + timedelta(hours=1) if sketch.contacted else None,
        accepted_at=moment + timedelta(minutes=30) if sketch.contacted else None,
    )
    return person


def _explained(person: Lead) -> None:
    """Let the standing say what the explanation says."""
    score = explanation(person.pk).score
    parts = {name: dimension.score_micro for name, dimension in score.dimensions.items()}
    Standing.objects.filter(pk=person.pk).update(total=score.total_micro, grade=score.grade, **parts)


def _domain(name: str) -> str:
    return "".join(each for each in name.lower() if each.isalpha())[:14] + ".com"


def _history(person: Lead) -> None:
    now = utc_now()
    steps = (
        (9, "initial_engagement", "profile_development", "Tool usage reached 62 (needs 50)"),
        (3, "profile_development", "conversion_signals", "Role builder reached 100 (needs 50)"),
        (0.02, "conversion_signals", "qualified", "Requested a quote for 4 bookkeepers"),
    )
    for days, from_stage, to_stage, sentence in steps:
        Transition.objects.create(
            lead=person,
            from_stage=from_stage,
            to_stage=to_stage,
            at=now - timedelta(days=days),
            reasons=[{"code": "x", "sentence": sentence, "detail": {}}],
            total=round((60 - 5 * days) * MICRO),
            ruleset=1,
        )


def quarantine(count: int = 6) -> None:
    """Messages that could not become events."""
    source, _ = EventSource.objects.get_or_create(name="website")
    codes = (
        ("unknown_event", "The tracking plan does not know the event “Quote Requestd”.", "Quote Requestd"),
        ("bad_property", "Quote Requested: seats is 'four', expected a number.", "Quote Requested"),
        ("bad_timestamp", "timestamp is not ISO 8601.", "Tool Used"),
    )
    for position in range(count):
        code, reason, name = codes[position % 3 if position < 5 else 0]
        QuarantinedMessage.objects.create(
            segment=f"segment-{next(_numbers)}",
            position=position,
            source=source,
            received_at=utc_now() - timedelta(minutes=7 * position + 3),
            code=code,
            reason=reason,
            name=name,
            body={"event": name, "userId": "secret@example.com"},
        )


def explanation(number: int, as_of: datetime | None = None) -> Explanation:
    """What the engine says about a buyer who missed a call."""
    ruleset, now = published(), as_of or utc_now()
    events, traits = _buyer(now)
    engine = LeadScoringEngine(ruleset)
    score = engine.score_history(events, traits, now.date())
    plain = engine.undecayed(events, traits, now.date())
    sentences = {
        factor.name: sentence_for(factor, score, plain[index]) if plain[index] else "nothing yet"
        for index, factor in enumerate(ruleset.factors)
    }
    sentences |= {penalty.gate.name: penalty.gate.sentence for penalty in ruleset.penalties}
    return Explanation(number, now, ruleset.number, score, ledger(score, ruleset), sentences)


def _buyer(now: datetime) -> tuple[list[Event], list[TraitChange]]:
    told: list[tuple[float, str, dict[str, object]]] = [
        *((days, "Tool Used", {"completed": True}) for days in (0, 0, 1, 2, 5, 9, 12)),
        *((days, "Page Engaged", {"engaged_ms": 900_000}) for days in (0, 1, 5, 9)),
        *((days, "Content Completed", {"content_id": str(days)}) for days in (2, 9)),
        (3, "Quiz Completed", {"score": 70}),
        (4, "Role Progressed", {"progress": 100}),
        (0, "Quote Requested", {"quote_id": "q", "seats": 4}),
        (8, "Premium Upgraded", {}),
        (1, "Course Completed", {"course_id": "c"}),
        (6, "Strategy Call Missed", {}),
    ]
    events = [
        Event(index + 1, "track", name, 1, to_micros(now - timedelta(days=days)), properties)
        for index, (days, name, properties) in enumerate(told)
    ]
    names = ("title", "phone", "company_name", "employees", "industry", "country", "roles_wanted")
    traits = [TraitChange(1, name, "x", True, to_micros(now - timedelta(days=9)), 99) for name in names]
    return events, traits


def timeline(number: int, limit: int = 100) -> list[TimelineEntry]:  # noqa: ARG001  # as the real one is called
    """What the buyer did, the newest first."""
    now = utc_now()
    told = (
        (0.02, "Requested a quote for 4 bookkeepers", "conversion"),
        (0.03, "Tool Used: quote calculator", "engagement"),
        (0.035, "Page: /pricing", ""),
        (1, "Tool Used: quote calculator", "engagement"),
        (3, "Quiz Completed: readiness quiz", "readiness"),
        (4, "Role Saved: Senior bookkeeper", "readiness"),
        (5, "Content Completed: onboarding in the first month", "engagement"),
        *((6 + day, f"Page: /guides/chapter-{day}", "") for day in range(12)),
    )
    return [TimelineEntry(now - timedelta(days=days), "track", text, text, dimension) for days, text, dimension in told]


def text_of(response: Any) -> str:
    """What a page says, without its tags and line breaks."""
    body = re.sub(r"<(script|style).*?</\1>", "", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", body)))


def names_of(response: Any) -> list[str]:
    """Who is in a list, in its order."""
    return re.findall(r'scope="row" class="who"><a [^>]*>([^<]+)</a>', response.content.decode())


def signed_in(who: User) -> Client:
    """A browser without a window, in which somebody is signed in."""
    client = Client()
    client.force_login(who)
    return client
