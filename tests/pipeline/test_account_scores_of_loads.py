"""Companies' standings are what their people's totals give, whatever happened, without a rescore of everybody."""

from typing import Any

import pytest
from pipeline_cast import MONDAY, Installation, days, hours, identify, track, user

from leadline.pipeline.accounts import account_now, score_all_accounts
from leadline.pipeline.rescoring import evaluate_everyone
from leadline.qualification.models import AccountStanding, Standing
from leadline.tracking.models import Account

pytestmark = pytest.mark.django_db


def quote(who: dict[str, str], at: Any, seats: int = 4) -> dict[str, Any]:
    return track(who, "Quote Requested", at, quote_id=f"{who}{at}", seats=seats)


def joins(name: str, company: str, at: Any) -> dict[str, Any]:
    return identify(user(name), at, email=f"{name}@{company}.test", company={"id": company, "name": company})


def looks() -> dict[str, tuple[Any, ...]]:
    rows = AccountStanding.objects.select_related("account")
    return {row.account.name: (row.total, row.grade, row.people, row.qualified, row.best_id) for row in rows}


def assert_true(place: Installation) -> None:
    """What is kept is what would be made from nothing."""
    kept = looks()
    with place.engine.store.cursor() as cursor:
        assert score_all_accounts(cursor, place.engine.ruleset, MONDAY) == 0
        for row in AccountStanding.objects.all():
            assert account_now(cursor, place.engine.ruleset, row.account_id).total == row.total
    assert looks() == kept


def test_a_company_is_its_best_person_and_a_share_of_the_next(place: Installation) -> None:
    place.receive(MONDAY, joins("ann", "acme", MONDAY), quote(user("ann"), MONDAY))
    place.receive(MONDAY + hours(1), joins("bob", "acme", MONDAY), quote(user("bob"), MONDAY, 1))
    ann, bob = place.total("user-ann"), place.total("user-bob")
    assert ann
    assert bob
    assert looks() == {"acme": ((ann * 1000 + bob * 250 + 500) // 1000, "B", 2, 2, place.lead("user-ann").pk)}
    assert_true(place)


def test_whoever_changes_company_leaves_the_old_one(place: Installation) -> None:
    place.receive(MONDAY, joins("ann", "acme", MONDAY), quote(user("ann"), MONDAY))
    place.receive(MONDAY + hours(1), joins("bob", "acme", MONDAY), quote(user("bob"), MONDAY))
    place.receive(MONDAY + hours(2), joins("ann", "globex", MONDAY + hours(2)))
    found = looks()
    assert {name: row[2] for name, row in found.items()} == {"acme": 1, "globex": 1}
    assert found["acme"][4] == place.lead("user-bob").pk
    assert_true(place)
    place.receive(MONDAY + hours(3), joins("bob", "globex", MONDAY + hours(3)))
    assert {name: row[2] for name, row in looks().items()} == {"globex": 2}
    assert_true(place)


def test_who_is_merged_counts_once(place: Installation) -> None:
    place.receive(MONDAY, joins("ann", "acme", MONDAY), quote(user("ann"), MONDAY))
    anonymous = {"anonymousId": "laptop"}
    group = {"type": "group", "groupId": "acme", "traits": {"name": "acme"}, "timestamp": MONDAY.isoformat()}
    place.receive(MONDAY + hours(1), {**group, **anonymous, "messageId": "g"}, quote(anonymous, MONDAY))
    assert looks()["acme"][2] == 2
    same = {**user("ann"), **anonymous}
    place.receive(MONDAY + hours(2), identify(same, MONDAY + hours(2), title="CFO"))
    assert looks()["acme"][2] == 1
    assert_true(place)


def test_decay_lowers_companies_at_midnight(place: Installation) -> None:
    place.receive(MONDAY, joins("ann", "acme", MONDAY), quote(user("ann"), MONDAY))
    before = looks()["acme"][0]
    place.tick(MONDAY + days(20))
    assert looks()["acme"][0] < before
    assert_true(place)


def test_our_own_people_and_the_disqualified_do_not_count(place: Installation) -> None:
    place.receive(MONDAY, joins("ann", "acme", MONDAY), quote(user("ann"), MONDAY))
    place.receive(MONDAY + hours(1), joins("bob", "acme", MONDAY), quote(user("bob"), MONDAY))
    place.receive(MONDAY + hours(2), track(user("bob"), "Job Application Submitted", MONDAY + hours(2)))
    assert place.standing("user-bob").stage == "disqualified"
    assert looks()["acme"][2] == 1
    assert_true(place)


def test_what_was_lost_comes_back_at_the_next_evaluation(place: Installation) -> None:
    place.receive(MONDAY, joins("ann", "acme", MONDAY), quote(user("ann"), MONDAY))
    kept = looks()
    AccountStanding.objects.all().delete()
    Standing.objects.update(counted_in=None)
    evaluate_everyone(place.engine, MONDAY + hours(1))
    assert looks() == kept
    assert Standing.objects.filter(counted_in=Account.objects.get(name="acme")).count() == 1
