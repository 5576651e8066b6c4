"""What is seen of people: nothing that tells who they are by those who may not, and no other's leads by who sees only
their own. Tried on every address that can be looked at."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import access_cast
import crm_pages_cast
import pyarrow as pa
import pytest
import report_cast
import web_cast as cast
from asgiref.sync import sync_to_async
from django.db import transaction
from django.test import AsyncClient, Client

from leadline.accounts.models import User
from leadline.accounts.tokens import create_token
from leadline.eventstore.scores import record_scores
from leadline.kernel.clock import utc_now
from leadline.notifications.models import Channel, Notice
from leadline.pipeline.engine import Engine
from leadline.privacy.fields import MaskedWriteError, lookup_hasher
from leadline.privacy.sight import EVERYTHING, MASK, NOTHING, seeing, sight
from leadline.qualification.models import SalesAction
from leadline.tracking.models import EventSource, Identity, Lead, ViolationTally

pytestmark = pytest.mark.django_db
WHO, EMAIL, TELEPHONE = "Zephyrine Quackenbush", "zephyrine@canary.example", "+61 7 4711 0815"
USER_ID, TITLE, CITY, NOTE = "canary-user-7", "Keeper of canaries", "Canaryville", "prefers to be called at dusk"
CANARIES = ("Zephyrine", "Quackenbush", EMAIL, "4711 0815", "canary-user-7", TITLE, CITY, NOTE)
MASKED_ROLES = (User.Role.ANALYST, User.Role.INTEGRATOR, User.Role.AUDITOR)


@dataclass(frozen=True)
class Aviary:
    """A person whose every field is a canary, and where it may be seen."""

    lead: Lead
    known: Mapping[str, str]


@pytest.fixture
def aviary(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Aviary:
    cast.platform()
    company = cast.company("Quackenbush Aviaries", "quackenbush.example", sole_trader=True)
    card = {"email": EMAIL, "phone": TELEPHONE, "user_id": USER_ID, "title": TITLE, "city": CITY, "country": "AU"}
    person = cast.lead(WHO, company, **card)
    cast.standing(person, (99, 99, 99), reason="Requested a quote for 4 bookkeepers", trigger_at=utc_now())
    Identity.objects.create(
        kind=Identity.Kind.USER_ID,
        digest=lookup_hasher().digest("user_id", USER_ID),
        value=USER_ID,
        lead=person,
        home=person,
        first_seen_at=utc_now(),
    )
    SalesAction.objects.create(lead=person, kind="contact", at=utc_now(), note=NOTE)
    connection = crm_pages_cast.connect()
    crm_pages_cast.refused(connection, person, f"{EMAIL} is not valid")
    crm_pages_cast.linked(crm_pages_cast.connect("other"), person, sent={"Email": EMAIL}, seen={"Email": EMAIL})
    report_cast.register(monkeypatch, report_cast.people(person.pk, company.pk))
    told_in_passing(person)
    engine.changes.note_everybody()
    return Aviary(person, known_addresses(person, company.pk))


def told_in_passing(person: Lead) -> None:
    """What is kept of somebody beside their profile: a message that broke the plan, and a notice."""
    violation = {"day": utc_now().date(), "event": "Quote Requested", "kind": "Datatype-Mismatch", "property": "seats"}
    source, _ = EventSource.objects.get_or_create(name="website")
    message = {"event": "Quote Requested", "userId": USER_ID, "properties": {"seats": "4", "email": EMAIL}}
    ViolationTally.objects.create(source=source, example=message, last_seen_at=utc_now(), **violation)
    channel = Channel.objects.create(name="everybody", address="log://", service="log")
    words = {"subject": f"{WHO} qualified", "body": f"Call {TELEPHONE}", "at": utc_now(), "due_at": utc_now()}
    Notice.objects.create(key="told:1", channel=channel, lead=person, **words)


def scored_in_the_store(engine: Engine, *leads: int) -> None:
    """Scores that the API's list reads."""
    points = dict.fromkeys(("engagement", "readiness", "conversion", "total"), 50000000)
    same = {**points, "grade": "C", "stage": "qualified", "factors": [0], "fit": 0, "fit_points": 0}
    rows = pa.Table.from_pylist([{"lead": lead, **same} for lead in leads])
    with engine.store.cursor() as cursor:
        record_scores(cursor, rows, utc_now(), 1, 1)


def known_addresses(person: Lead, company: int) -> dict[str, str]:
    lead = str(person.pk)
    return {
        "/leads/bulk/<int:number>": "/leads/bulk/9",
        "/leads/views/<int:number>": "/leads/views/9",
        "/leads/<int:number>": f"/leads/{lead}",
        "/accounts/<int:number>": f"/accounts/{company}",
        "<slug:table>.<slug:kind>": "leads.csv",
        "<str:name>.<slug:form>": "people.csv",
        "<path:lead>": lead,
        "<lead>": lead,
        "/crm/<slug:name>": "/crm/other",
        "/crm/<name>": "/crm/other",
        "connections/<slug:name>": "connections/sandbox",
        "connections/<name>": "connections/sandbox",
        "<slug:kind>": "sounding",
        "<kind>": "sounding",
        "<table>": "leads",
    }


def looked_at(client: Client, known: Mapping[str, str], **headers: str) -> dict[str, str]:
    """Everything that can be looked at, as its text, by address."""
    routes = [*access_cast.pages(known), *access_cast.operations(known)]
    wanted = [each.path for each in routes if each.method == "GET" and "logout" not in each.path]
    wanted += [f"/plan?example={each.pk}" for each in ViolationTally.objects.all()]
    wanted += [path.replace("/leads.csv", "/accounts.csv") for path in wanted if "/leads.csv" in path]
    wanted += ["/leads?q=aviaries", "/accounts?q=aviaries"]
    return {path: body_of(client.get(path, headers=headers)) for path in wanted}


def body_of(answer: Any) -> str:
    body = b"".join(answer) if answer.streaming else answer.content
    answer.close()
    return body.decode("utf-8", errors="replace")


def telling(seen: Mapping[str, str], words: tuple[str, ...]) -> dict[str, list[str]]:
    """Which addresses tell which of these words."""
    found = {path: [word for word in words if word.lower() in text.lower()] for path, text in seen.items()}
    return {path: words for path, words in found.items() if words}


def test_who_leads_are_is_told_to_nobody_who_may_not_know(aviary: Aviary) -> None:
    everything = telling(looked_at(cast.signed_in(cast.user("administrator")), aviary.known), CANARIES)
    assert {word for words in everything.values() for word in words} == set(CANARIES), "the canaries sing"
    assert len(everything) > 12
    for role in MASKED_ROLES:
        assert telling(looked_at(cast.signed_in(cast.user(role)), aviary.known), CANARIES) == {}, role
    again = telling(looked_at(cast.signed_in(cast.user("marketing")), aviary.known), CANARIES)
    assert f"/leads/{aviary.lead.pk}" in again, "what was masked for others is not kept masked"


def test_a_token_without_the_scope_sees_nobody_either(aviary: Aviary) -> None:
    administrator = cast.user("administrator")
    whole = create_token(administrator, "whole")
    narrow = create_token(administrator, "narrow", scopes=["leads:read", "crm:read", "boards:read", "exports:read"])
    assert telling(looked_at(Client(), aviary.known, authorization=f"Bearer {whole}"), CANARIES)
    assert telling(looked_at(Client(), aviary.known, authorization=f"Bearer {narrow}"), CANARIES) == {}


def bird(engine: Engine) -> Lead:
    """Somebody of a company that does not bear their name."""
    person = cast.lead("Bo Bird", cast.company("Birdhouse Ltd", "birdhouse.example"))
    cast.standing(person)
    engine.changes.note_everybody()
    return person


def test_an_analyst_still_gets_the_page_of_a_lead_under_its_number(aviary: Aviary, engine: Engine) -> None:
    page = cast.signed_in(cast.user("analyst")).get(f"/leads/{aviary.lead.pk}")
    assert page.status_code == 200
    assert f"Lead {aviary.lead.pk}" in cast.text_of(page)
    assert "masked for your role" in cast.text_of(cast.signed_in(cast.user("analyst")).get("/leads"))
    assert MASK in cast.text_of(page), "a sole trader's company is a person"
    assert "Birdhouse Ltd" in cast.text_of(cast.signed_in(cast.user("analyst")).get(f"/leads/{bird(engine).pk}"))


@pytest.mark.django_db(transaction=True)
def test_an_event_loop_masks_as_well(aviary: Aviary) -> None:
    address = f"/leads/{aviary.lead.pk}"

    async def pages() -> list[str]:
        seen = []
        for role in ("administrator", "analyst"):
            client = AsyncClient()
            await client.aforce_login(await sync_to_async(cast.user)(role))
            seen.append((await client.get(address)).content.decode())
        return seen

    whole, masked = asyncio.run(pages())
    assert WHO in whole
    assert telling({address: masked}, CANARIES) == {}


@pytest.mark.parametrize("name", [EMAIL, USER_ID])
def test_asking_by_a_name_tells_an_analyst_nothing(aviary: Aviary, engine: Engine, name: str) -> None:
    analyst, seller = (cast.signed_in(cast.user(role)) for role in ("analyst", "sales"))
    assert seller.get(f"/api/v1/leads/{USER_ID}/explain").status_code == 200
    assert analyst.get(f"/api/v1/leads/{USER_ID}/explain").status_code == 404
    assert analyst.get(f"/api/v1/leads/{aviary.lead.pk}/explain").status_code == 200
    found = f"Lead {aviary.lead.pk}<"
    assert WHO in seller.get("/leads", {"q": name}).content.decode()
    assert found not in analyst.get("/leads", {"q": name}).content.decode()
    assert found in seller.get("/leads", {"q": "aviaries"}).content.decode().replace(WHO, f"Lead {aviary.lead.pk}")
    assert found not in analyst.get("/leads", {"q": "aviaries"}).content.decode()
    assert f"Lead {bird(engine).pk}<" in analyst.get("/leads", {"q": "birdhouse"}).content.decode()


def test_who_sees_only_their_own_leads_finds_no_other_anywhere(aviary: Aviary, engine: Engine) -> None:
    seller, other = cast.user("sales", leads_seen="own"), cast.user("sales")
    own = cast.standing(cast.lead("Oona Own"), (50, 50, 50), owner_user=seller, owner=str(seller), trigger_at=utc_now())
    aviary.lead.standing.owner_user = other
    aviary.lead.standing.save()
    scored_in_the_store(engine, own.lead_id, aviary.lead.pk)
    browser = cast.signed_in(seller)
    seen = looked_at(browser, aviary.known)
    assert telling(seen, CANARIES) == {}
    assert telling(seen, ("Amelia Hart", "Chiara Lombardi")) == {}, "nobody's leads neither"
    named = set(telling(seen, ("Oona Own",)))
    assert {"/leads", "/call-next", "/exports/leads.csv", "/overview"} <= named
    assert browser.get(f"/leads/{own.lead_id}").status_code == 200
    assert [row["id"] for row in browser.get("/api/v1/leads").json()] == [own.lead_id]
    assert {row["id"] for row in cast.signed_in(other).get("/api/v1/leads").json()} == {own.lead_id, aviary.lead.pk}


def test_who_sees_only_their_own_leads_can_say_nothing_of_others(aviary: Aviary) -> None:
    browser = cast.signed_in(cast.user("sales", leads_seen="own"))
    said = SalesAction.objects.count()
    lead = aviary.lead.pk
    override = {"reason": "x", "until": "3d", "stage": "customer"}
    words = {"accept": {}, "contact": {}, "reject": {"reason": "spam"}, "snooze": {"until": "3d"}, "override": override}
    for word, given in {**words, "assign": {"owner": "auto"}}.items():
        assert browser.post(f"/leads/{lead}/{word}", given).status_code == 404, word
        assert browser.post(f"/api/v1/leads/{USER_ID}/{word}", given, "application/json").status_code == 404, word
    browser.post("/leads/bulk", {"act": "accept", "lead": [lead], "confirmed": "yes"})
    assert SalesAction.objects.count() == said


def test_reading_within_a_mask_never_writes_the_mask_back(aviary: Aviary) -> None:
    with seeing(NOTHING):
        masked = Lead.objects.get(pk=aviary.lead.pk)
        assert masked.card == {"country": "AU"}
        assert {row.value for row in masked.identities.all()} == {MASK}
        with pytest.raises(MaskedWriteError), transaction.atomic():
            masked.save()
        Lead.objects.filter(pk=masked.pk).update(known=True)
        masked.save(update_fields=["known"])
    assert sight() == EVERYTHING
    assert Lead.objects.get(pk=aviary.lead.pk).card["name"] == WHO
