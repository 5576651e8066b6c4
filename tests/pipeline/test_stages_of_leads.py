"""Events move leads through the stages, each move with its reasons, and conversions are recorded once."""

from datetime import datetime
from decimal import Decimal

from pipeline_cast import MONDAY, Installation, days, hours, identify, page, track, user

from leadline.qualification.models import Transition
from leadline.tracking.models import Conversion

ADA = user("ada")


def known(place: Installation, at: datetime = MONDAY) -> None:
    place.receive(at, identify(ADA, at, email="ada@works.example"))


def quote(place: Installation, at: datetime, number: str = "q1") -> None:
    place.receive(at, track(ADA, "Quote Requested", at, quote_id=number, seats=4, monthly_amount=1900, currency="eur"))


def reasons(place: Installation, stage: str) -> list[str]:
    move = Transition.objects.get(lead=place.lead("user-ada"), to_stage=stage)
    return [reason["sentence"] for reason in move.reasons]


def test_a_quote_qualifies_somebody_who_can_be_reached(place: Installation) -> None:
    known(place)
    quote(place, MONDAY + hours(1))
    assert place.stages("user-ada") == ["initial_engagement", "qualified"]
    assert reasons(place, "qualified") == ["Requested a quote for 4 seats"]
    standing = place.standing("user-ada")
    assert (standing.seats, standing.monthly_value, standing.trigger_at) == (4, 1900, MONDAY + hours(1))


def test_a_quote_of_somebody_without_an_address_qualifies_once_there_is_one(place: Installation) -> None:
    quote(place, MONDAY)
    assert place.stages("user-ada") == ["initial_engagement", "conversion_signals"]
    known(place, MONDAY + hours(1))
    assert place.stages("user-ada")[-1] == "qualified"


def test_somebody_who_looks_for_work_is_disqualified(place: Installation) -> None:
    known(place)
    place.receive(MONDAY + hours(1), track(ADA, "Signed Up", MONDAY, intent="work"))
    assert place.stages("user-ada") == ["initial_engagement", "disqualified"]
    assert reasons(place, "disqualified") == ["Signed up to find work"]


def test_silence_alone_takes_a_qualified_lead_out_again(place: Installation) -> None:
    known(place)
    quote(place, MONDAY)
    place.tick(MONDAY + days(45))
    assert place.stages("user-ada")[:2] == ["initial_engagement", "qualified"]
    left = Transition.objects.filter(lead=place.lead("user-ada"), from_stage="qualified").get()
    assert "no trigger for 30 days" in left.reasons[0]["sentence"]
    assert left.at == (MONDAY + days(31)).replace(hour=0)
    place.tick(MONDAY + days(46))
    assert Transition.objects.filter(lead=place.lead("user-ada"), from_stage="qualified").count() == 1


def test_scores_decay_by_themselves(place: Installation) -> None:
    known(place)
    quote(place, MONDAY)
    before = place.total("user-ada") or 0
    place.tick(MONDAY + days(21))
    assert 0 < (place.total("user-ada") or 0) < before
    standing = place.standing("user-ada")
    assert abs(standing.total - (place.total("user-ada") or 0)) < 1_000_000


def test_a_won_deal_makes_a_customer(place: Installation) -> None:
    known(place)
    place.receive(MONDAY + hours(1), track(ADA, "Deal Won", MONDAY, deal_id="d1", amount=50000, currency="EUR"))
    assert place.stages("user-ada") == ["initial_engagement", "customer"]


def test_a_conversion_is_recorded_once_per_key(place: Installation) -> None:
    known(place)
    quote(place, MONDAY + hours(1))
    quote(place, MONDAY + hours(2))  # the same quote in another message
    quote(place, MONDAY + hours(3), "q2")
    rows = list(Conversion.objects.filter(name="quote_requested").order_by("occurred_at"))
    assert [(row.amount, row.currency, row.facts["seats"]) for row in rows] == [(Decimal(1900), "EUR", 4)] * 2
    assert rows[0].occurred_at == MONDAY + hours(1)


def test_a_cancelled_call_is_no_reason_any_more(place: Installation) -> None:
    known(place)
    at = MONDAY + hours(1)
    place.receive(at, track(ADA, "Strategy Call Booked", at, call_id="c1"))
    before = place.total("user-ada") or 0
    place.receive(at + hours(1), track(ADA, "Strategy Call Cancelled", at + hours(1), call_id="c1"))
    assert (place.total("user-ada") or 0) < before
    assert place.standing("user-ada").trigger_at is None


def test_what_sales_wrote_survives_evaluations(place: Installation) -> None:
    known(place)
    quote(place, MONDAY)
    accepted = MONDAY + hours(1)
    place.said("user-ada", accepted, "accept", "contact", owner="Kim")
    place.receive(MONDAY + hours(2), page(ADA, MONDAY + hours(2)))
    place.tick(MONDAY + days(40))
    standing = place.standing("user-ada")
    assert (standing.owner, standing.accepted_at, standing.contacted_at) == ("Kim", accepted, accepted)
    assert standing.stage == "qualified"  # accepted: silence does not take it out


def test_a_customer_who_falls_silent_is_recycled_and_in_nobodys_hands(place: Installation) -> None:
    known(place)
    quote(place, MONDAY)
    place.said("user-ada", MONDAY, "accept", owner="Kim")
    place.receive(MONDAY + days(1), track(ADA, "Deal Won", MONDAY + days(1), deal_id="d1"))
    place.tick(MONDAY + days(70))
    assert place.stages("user-ada") == ["initial_engagement", "qualified", "customer", "recycled"]
    standing = place.standing("user-ada")
    assert (standing.owner, standing.accepted_at) == ("Kim", None)


def test_a_word_from_sales_is_noted(place: Installation) -> None:
    known(place)
    quote(place, MONDAY)
    later = MONDAY + days(1)
    place.receive(later, track(ADA, "Lead Contacted", later, owner="Kim", channel="phone"))
    standing = place.standing("user-ada")
    assert (standing.owner, standing.contacted_at) == ("Kim", later)
