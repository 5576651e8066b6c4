"""The people are believable, and no one could be real."""

import re
from collections import Counter, defaultdict
from datetime import datetime

from leadline.demo.catalogue import PLATFORM_DOMAIN
from leadline.demo.countries import COUNTRIES, fictional_phone
from leadline.demo.lives import Life
from leadline.demo.messages import SimulatedRequest
from leadline.demo.people import full_name, person

ADDRESS = re.compile(r"[a-z0-9]+(\.[a-z0-9]+)*@([a-z0-9-]+\.)+[a-z]+")
FREE_MAIL = re.compile(r"demo\.[a-z]+\.[a-z]+\.\d{4,}@(gmail|mailinator)\.com")
FICTIONAL = re.compile(
    r"\+61 [2378] (5550|7010) \d{4}|\+44 7700 900\d{3}|\+44 20 7946 0\d{3}|\+44 1\d\d 496 0\d{3}"
    r"|\+1 \d{3} 555 01\d\d|\+353 20 91\d \d{4}|\+49 (30 23125|69 90009|40 66969|221 4710|89 99998) \d{3}"
)


def traits_of(requests: list[SimulatedRequest]) -> dict[str, dict[str, object]]:
    known: dict[str, dict[str, object]] = defaultdict(dict)
    for request in requests:
        if request.message["type"] == "identify":
            known[request.message["userId"]].update(request.message["traits"])
    return known


def test_every_address_is_of_a_reserved_or_allowed_domain(requests: list[SimulatedRequest]) -> None:
    for traits in traits_of(requests).values():
        email = str(traits["email"])
        assert ADDRESS.fullmatch(email)
        assert email.endswith(".example") or FREE_MAIL.fullmatch(email)


def test_no_two_users_share_an_address_a_name_or_a_telephone(requests: list[SimulatedRequest]) -> None:
    for trait in ("email", "name", "phone"):
        values = [traits[trait] for traits in traits_of(requests).values() if trait in traits]
        assert len(values) == len(set(values)) > 100


def test_every_telephone_number_is_set_aside_for_fiction() -> None:
    for country in COUNTRIES:
        capacity = len(country.prefixes) * 10**country.digits
        for number in {0, 99, capacity // 2, capacity - 1} if capacity > 1 else ():
            assert FICTIONAL.fullmatch(fictional_phone(country, number) or ""), (country.code, number)
        assert fictional_phone(country, capacity) is None


def test_names_repeat_only_after_thousands() -> None:
    assert len({full_name(9, number) for number in range(18_000)}) == 18_000


def test_some_colleagues_share_a_company_and_none_has_a_crowd(requests: list[SimulatedRequest]) -> None:
    groups = defaultdict(set)
    for request in requests:
        if request.message["type"] == "group":
            groups[request.message["groupId"]].add(request.message["userId"])
    sizes = Counter(len(members) for members in groups.values())
    assert sizes[2] > 30
    assert sizes[3] + sizes[4] >= 2
    assert max(sizes) <= 5


def test_companies_are_of_5_to_300_people_and_have_domains_of_their_own(requests: list[SimulatedRequest]) -> None:
    companies = {r.message["groupId"]: r.message["traits"] for r in requests if r.message["type"] == "group"}
    assert all(5 <= traits["employees"] <= 300 for traits in companies.values())
    assert len({traits["domain"] for traits in companies.values()}) == len(companies)


def test_people_come_from_many_countries(lives: list[Life]) -> None:
    countries = Counter(life.person.country.code for life in lives)
    assert {"AU", "GB", "US", "NZ", "CA", "IE", "DE", "SG", "NL"} == set(countries)
    assert countries["AU"] > countries["SG"]


def test_one_browser_is_shared_by_two_users(requests: list[SimulatedRequest]) -> None:
    users = defaultdict(set)
    for request in requests:
        if request.source == "website" and "userId" in request.message:
            users[request.message["anonymousId"]].add(request.message["userId"])
    assert [len(ids) for ids in users.values() if len(ids) > 1] == [2]


def test_some_people_use_two_browsers(requests: list[SimulatedRequest]) -> None:
    browsers = defaultdict(set)
    for request in requests:
        if request.source == "website" and "userId" in request.message:
            browsers[request.message["userId"]].add(request.message["anonymousId"])
    assert sum(len(ids) == 2 for ids in browsers.values()) > 60


def test_own_staff_tests_vendors_and_disposable_addresses_are_among_them(
    lives: list[Life], requests: list[SimulatedRequest]
) -> None:
    assert Counter(life.person.kind for life in lives if life.person.kind != "person") == {
        "staff": 5,
        "test": 4,
        "disposable": 8,
        "vendor": 4,
    }
    domains = Counter(str(traits["email"]).split("@")[1] for traits in traits_of(requests).values())
    assert domains[PLATFORM_DOMAIN] >= 7
    assert domains["mailinator.com"] >= 6
    assert domains["gmail.com"] > 80


def test_a_person_is_the_same_whenever_they_are_asked_for() -> None:
    assert person(7, 123) == person(7, 123)
    assert person(7, 123) != person(8, 123)


def test_people_keep_office_hours_and_rest_at_weekends(lives: list[Life], end: datetime) -> None:
    visits = [visit.at for life in lives for visit in life.visits if visit.at < end]
    weekdays = Counter(at.weekday() for at in visits)
    assert sum(weekdays[day] for day in (5, 6)) / len(visits) < 0.16
    british = Counter(v.at.hour for life in lives for v in life.visits if life.person.country.code == "GB")
    assert sum(british[hour] for hour in range(8, 18)) / british.total() > 0.7
