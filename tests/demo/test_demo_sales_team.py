"""What the demonstration's salespeople say follows what becomes of people, and belongs to the default ruleset."""

from collections import Counter
from datetime import datetime, timedelta

from leadline.accounts.service import DEMO_USERS
from leadline.demo.lives import Life
from leadline.demo.platform import Platform
from leadline.demo.sales_team import REGIONS, TEAM, representative
from leadline.demo.summary import happenings
from leadline.scoring.document import bundled_ruleset, read_ruleset


def test_everybody_of_the_team_can_sign_in_under_their_name() -> None:
    users = {(email, name) for email, name, _ in DEMO_USERS}
    assert {(each.email, each.name) for each in TEAM} <= users


def test_every_region_has_sellers_and_the_last_one_every_country() -> None:
    emails = {each.email for each in TEAM}
    assert all(region.sellers and set(region.sellers) <= emails for region in REGIONS)
    assert [region.countries for region in REGIONS].index(()) == len(REGIONS) - 1
    assert representative("US", 3) == representative("CA", 8) == "Tomas Okoye"
    assert representative("FR", 4) in {"Mara Lindgren", "Sam Sales"}


def test_rejections_are_reasons_of_the_ruleset(platform: Platform, origin: datetime, end: datetime) -> None:
    answers = platform.answers(origin, end)
    known = {rejection.name for rejection in read_ruleset(bundled_ruleset("offshore-staffing")).rejections}
    said = {each.reason for each in answers if each.kind == "reject"}
    assert {"not_hiring", "too_small", "unreachable"} <= said <= known
    counts = Counter(each.kind for each in answers)
    assert min(counts["accept"], counts["reject"], counts["snooze"]) >= 10


def test_answers_follow_a_contact_and_snoozes_end_later(lives: list[Life], end: datetime) -> None:
    for life in lives:
        contacts = [h.at for h in happenings(life, end) if h.event == "Lead Contacted"]
        for answer in (each for each in life.answers if each.at < end):
            assert min(contacts) < answer.at
            assert answer.user_id == life.person.user_id
            assert answer.until is None or answer.at < answer.until


def test_answers_of_two_periods_are_those_of_both(platform: Platform, origin: datetime, end: datetime) -> None:
    middle = origin + timedelta(days=60, hours=7)
    assert platform.answers(origin, middle) + platform.answers(middle, end) == platform.answers(origin, end)


def test_pace_and_curiosity_know_nothing_of_intent(lives: list[Life]) -> None:
    for archetype in ("browser", "learner"):
        people = [life.person for life in lives if life.person.archetype.name == archetype]
        eager = [person for person in people if person.intent > person.archetype.intent]
        others = [person for person in people if person.intent <= person.archetype.intent]
        slow = [sum(person.pace > 1 for person in group) / len(group) for group in (eager, others)]
        assert abs(slow[0] - slow[1]) < 0.15
