"""A record that is another one has another stamp: whatever it is made of, when that changes, the lead is looked at."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import models
from pipeline_cast import MONDAY, Installation, days, hours, identify, page, track, user

from leadline.accounts.models import User
from leadline.crm.desired import WhoRule
from leadline.crm.records import LocalRecord
from leadline.pipeline import sales
from leadline.pipeline.crm.leads import EngineLeads
from leadline.pipeline.identities import merge, unmerge
from leadline.privacy.fields import SealedJSONField
from leadline.qualification.models import Standing, Transition
from leadline.qualification.sales import Speaker
from leadline.qualification.sales_words import SalesWord, Word
from leadline.tracking.models import Account, Conversion, Lead, Profile

ADA, BO = user("ada", "desk"), user("bo")
WHO = WhoRule()


@pytest.fixture
def ada(place: Installation) -> Installation:
    """A qualified lead of a company, with an owner, on Monday at ten."""
    kim = User.objects.create_user("kim@works.example", name="Kim")
    traits = {"email": "ada@works.example", "name": "Ada King", "phone": "+49 30 1", "company_name": "Works"}
    place.receive(MONDAY, page(ADA, MONDAY), identify(ADA, MONDAY, country="Germany", **traits))
    at = MONDAY + hours(1)
    asked = track(ADA, "Quote Requested", at, quote_id="q1", seats=4, monthly_amount=480, currency="GBP")
    place.receive(at, asked)
    Account.objects.update(employees=20, industry="Retail", domain="works.example", country="DE")
    sales.assign_to(place.engine, place.lead("user-ada").pk, kim, Speaker("Kim"))
    return place


def now(place: Installation, lead: int) -> tuple[int | None, LocalRecord | None]:
    """The lead's stamp and its record."""
    leads = EngineLeads(place.engine)
    place.engine.changes.note_everybody()
    stamp = leads.stamps(WHO, [lead]).get(lead)
    records = leads.records(WHO, [lead])
    return stamp, records[0] if records else None


def other(field: Any, value: Any, row: models.Model) -> Any:
    """Another value of a column; None when it can't be another one."""
    if isinstance(field, SealedJSONField):
        return {**(value or {}), "title": "Director"} if isinstance(row, Lead) else None
    if isinstance(field, models.ForeignKey | models.OneToOneField):
        return None
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.DateTimeField):
        return (value or MONDAY) + timedelta(days=3)
    if isinstance(field, models.DateField):
        return MONDAY.date()
    if isinstance(field, models.DecimalField):
        return (value or Decimal(0)) + 7
    if isinstance(field, models.JSONField):
        return {**value, "seats": 9} if isinstance(row, Conversion) else None
    if isinstance(field, models.IntegerField):
        return (value or 0) + (2_000_000 if isinstance(field, models.BigIntegerField) else 2)
    if isinstance(field, models.CharField):
        return "qualified" if value == "customer" else "customer" if field.name == "stage" else f"{value}x"[-2:]
    return None


MADE_OF: list[tuple[type[models.Model], frozenset[str]]] = [
    (Lead, frozenset({"id"})),
    (Standing, frozenset({"lead"})),
    (Account, frozenset({"id"})),
    (User, frozenset({"id"})),
    (Conversion, frozenset({"id"})),
]


@pytest.mark.parametrize("model", [each for each, _ in MADE_OF], ids=lambda model: model.__name__)
def test_no_column_changes_a_record_without_its_stamp(ada: Installation, model: type[models.Model]) -> None:
    lead, keys = ada.lead("user-ada").pk, dict(MADE_OF)[model]
    row, moved = model._default_manager.order_by("pk").first(), []
    assert row is not None
    for field in model._meta.concrete_fields:
        before, value = now(ada, lead), getattr(row, field.attname)
        if field.name in keys or (changed := other(field, value, row)) is None:
            continue
        model._default_manager.filter(pk=row.pk).update(**{field.name: changed})
        after = now(ada, lead)
        if after[1] != before[1]:
            moved.append(field.name)
            assert after[0] != before[0], f"{model.__name__}.{field.name} is in the record and not in the stamp"
        model._default_manager.filter(pk=row.pk).update(**{field.name: value})
    assert moved, "nothing of it is in a record, so this tests nothing"


@pytest.mark.parametrize(
    "happens",
    [
        lambda place: place.receive(MONDAY + days(1), page(ADA, MONDAY + days(1), "/about")),
        lambda place: place.receive(MONDAY + hours(2), identify(ADA, MONDAY + hours(2), website="https://w.example")),
        lambda place: place.receive(MONDAY + hours(2), identify(ADA, MONDAY + hours(2), postal_code="10115")),
        lambda place: place.receive(
            MONDAY + hours(2), track(ADA, "Strategy Call Booked", MONDAY + hours(2), call_id="c")
        ),
        lambda place: sales.say_of(
            place.engine,
            place.lead("user-ada").pk,
            SalesWord(Word.CONTACT, MONDAY + hours(3)),
            Speaker("Kim"),
        ),
        lambda _: Transition.objects.filter(to_stage="qualified").update(at=MONDAY - days(9)),
        lambda _: Conversion.objects.update(cancelled_at=MONDAY + hours(3)),
    ],
    ids=["visit", "website", "postal code", "conversion", "word of sales", "first qualified", "cancelled conversion"],
)
def test_what_happens_changes_record_and_stamp(ada: Installation, happens: Callable[[Installation], Any]) -> None:
    lead = ada.lead("user-ada").pk
    before = now(ada, lead)
    with time_machine.travel(MONDAY + hours(3), tick=False):
        happens(ada)
    after = now(ada, lead)
    assert after[1] != before[1]
    assert after[0] != before[0]


def test_what_words_are_made_by_is_in_the_stamp(ada: Installation, settings: Any) -> None:
    lead = ada.lead("user-ada").pk
    before = now(ada, lead)
    settings.PUBLIC_URL = "https://leads.example"
    after = now(ada, lead)
    assert after[1] != before[1]
    assert after[0] != before[0]


def test_a_stamp_stays_while_nothing_changes_and_after_a_restart(ada: Installation) -> None:
    lead = ada.lead("user-ada").pk
    before = now(ada, lead)
    ada.restart()
    assert now(ada, lead) == before
    assert before[0] is not None
    assert 0 <= before[0] < 1 << 63


def test_a_merge_and_its_undoing_change_stamps_and_name_the_survivor(ada: Installation) -> None:
    ada.receive(MONDAY + hours(2), identify(BO, MONDAY + hours(2), email="bo@works.example"))
    bo, lead = ada.lead("user-bo").pk, ada.lead("user-ada").pk
    apart = now(ada, lead), now(ada, bo)
    with time_machine.travel(MONDAY + hours(3), tick=False):
        merge(ada.engine, "user-bo", "user-ada")
    together = now(ada, lead), now(ada, bo)
    assert together[0][0] != apart[0][0]
    assert together[1][0] != apart[1][0]
    assert together[1][1] is not None
    assert not together[1][1].wanted
    assert EngineLeads(ada.engine).survivors([lead, bo]) == {bo: lead}
    with time_machine.travel(MONDAY + hours(4), tick=False):
        unmerge(ada.engine, "user-bo", "user-ada")
    assert now(ada, lead)[0] != together[0][0]
    assert EngineLeads(ada.engine).survivors([lead, bo]) == {}


def test_who_is_synced(ada: Installation) -> None:
    lead = ada.lead("user-ada").pk
    ada.receive(MONDAY + hours(2), identify(BO, MONDAY + hours(2), email="bo@works.example"))
    bo = ada.lead("user-bo").pk
    leads = EngineLeads(ada.engine)
    grade = ada.standing("user-ada").grade
    assert leads.stamps(WHO, []).keys() == {lead}
    assert leads.stamps(WHO, [bo]).keys() == {lead, bo}, "a linked one is told what becomes of it"
    assert leads.stamps(WhoRule(grades=(grade,), countries=("DE",)), []).keys() == {lead}
    assert leads.stamps(WhoRule(countries=("FR",)), []).keys() == set()
    assert leads.stamps(WhoRule(stages=()), []).keys() == set()
    wanted = {record.lead: record.wanted for record in leads.records(WhoRule(countries=("FR",)), [lead, bo])}
    assert wanted == {lead: False, bo: False}
    assert [record.wanted for record in leads.records(WHO, [lead])] == [True]
    assert leads.records(WHO, [999_999]) == []


def test_a_record_says_what_call_next_says_and_more(ada: Installation) -> None:
    record = now(ada, ada.lead("user-ada").pk)[1]
    assert record is not None
    told = record.fields
    assert told["reason_1"] == ada.standing("user-ada").reason == "Requested a quote for 4 seats"
    assert told["reasons"] == "\n".join(str(told[f"reason_{place}"]) for place in (1, 2, 3) if told[f"reason_{place}"])
    assert (told["first_name"], told["last_name"], told["country_code"]) == ("Ada", "King", "DE")
    assert told["owner"] == "kim@works.example"
    assert told["conversions.quote_requested"] == MONDAY + hours(1)
    assert told["qualified_at"] == MONDAY + hours(1)
    assert (told["monthly_value"], told["yearly_value"]) == (Decimal(480), Decimal(5760))
    assert told["first_touch_landing"] == "/pricing"
    assert str(told["lead_url"]).endswith(f"/leads/{record.lead}")
    assert told["last_seen_at"] == MONDAY.replace(hour=0)


def test_the_name_of_a_record_is_the_same_for_another_lead_number(ada: Installation) -> None:
    lead = ada.lead("user-ada")
    record = now(ada, lead.pk)[1]
    assert record is not None
    assert record.external_id == f"ll-{bytes(ada.engine.desk.hasher.digest('user_id', 'user-ada')).hex()}"
    assert Profile.objects.exists()
