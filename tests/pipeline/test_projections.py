"""The tables for reports and lists, kept up to date by what is noted, equal those made anew."""

import random
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from pipeline_cast import MONDAY, Installation, days, hours, identify, page, track, user, visitor

from leadline.accounts.models import User
from leadline.eventstore import projections
from leadline.kernel.errors import LeadlineError
from leadline.pipeline import identities, promises, rebuilding, sales, team, traffic
from leadline.pipeline.changes import MOST, ChangeLog
from leadline.pipeline.projections import bring_up_to_date, have_ready, stamp
from leadline.pipeline.rescoring import evaluate_everyone
from leadline.qualification.models import Standing
from leadline.qualification.sales import Speaker
from leadline.qualification.sales_words import SalesWord, Word
from leadline.tracking.models import Account, Lead

TABLES = (projections.PEOPLE, projections.MOVES, projections.CONVERSIONS, projections.TOUCHES, projections.FIRST_EVENTS)
NAMES = ("ann", "ben", "cy", "dee", "eve", "flo")
COMPANIES = ("Acme", "Bolt & Co", 'Quo"te, Ltd\nand sons')


def rows_of(place: Installation) -> dict[str, list[Any]]:
    with place.engine.store.cursor() as cursor:
        found = {}
        for table in TABLES:
            columns = sorted(name for (name, *_) in cursor.execute(f"DESCRIBE {table}").fetchall())
            columns = [name for name in columns if name != "load_seq"]  # how far it was read, not what it says
            rows = cursor.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()  # noqa: S608  # constants
            found[table] = sorted(map(repr, rows))
        return found


def anew(place: Installation) -> dict[str, list[Any]]:
    place.engine.changes.note_everybody()
    bring_up_to_date(place.engine)
    return rows_of(place)


class Life:
    """Things that happen to people, one after the other."""

    def __init__(self, place: Installation, seed: int) -> None:
        self.place, self.now = place, MONDAY
        self.chance = random.Random(seed)  # noqa: S311  # not a secret
        self.seller = User.objects.create_user("maria@example.com", "x" * 12, role=User.Role.SALES, name="Maria")

    def step(self) -> None:
        self.now += hours(self.chance.choice([1, 5, 30]))
        act: Callable[[], object] = self.chance.choice(
            [
                *(self.visits, self.visits, self.quote, self.join, self.word, self.merge, self.unmerge, self.rule),
                *(self.company, self.rescore, self.assign, self.breach, self.other_source, self.sellers),
            ]
        )
        with suppress(LeadlineError):  # a word that makes no sense of this lead, now
            act()

    def anybody(self) -> str:
        return self.chance.choice(NAMES)

    def known(self) -> str:
        found = [row.pk for row in Lead.objects.filter(merged_into=None)]
        return str(self.chance.choice(found or [0]))

    def visits(self) -> None:
        name = self.anybody()
        who = self.chance.choice([visitor(name), user(name), user(name, browser=self.anybody())])
        context = {"page": {"path": "/pricing"}, "campaign": {"source": "google", "medium": "cpc", "name": "spring"}}
        at = self.now - hours(self.chance.choice([0, 0, 50]))
        self.place.receive(self.now, page(who, at) | {"context": context}, page(who, at + hours(0.1), "/about"))

    def quote(self) -> None:
        who, number = user(self.anybody()), self.chance.random()
        asked = track(who, "Quote Requested", self.now, quote_id=f"q{number}", seats=5, amount=900, currency="USD")
        self.place.receive(self.now, asked)

    def join(self) -> None:
        name = self.anybody()
        traits = {"email": f"{name}@example.com", "company_name": self.chance.choice(COMPANIES), "country": "DE"}
        self.place.receive(self.now, identify(user(name), self.now, **traits, industry=self.chance.choice("xy")))

    def company(self) -> None:
        group = {"type": "group", "groupId": self.chance.choice(["g1", "g2"]), "timestamp": self.now.isoformat()}
        traits = {"name": self.chance.choice(COMPANIES), "employees": self.chance.randint(1, 99), "country": "France"}
        at = self.now - days(self.chance.choice([0, 9]))
        said = {**group, "timestamp": at.isoformat(), "traits": traits, **user(self.anybody())}
        self.place.receive(self.now, {**said, "messageId": f"g{self.chance.random()}"})

    def other_source(self) -> None:
        self.place.use_source(self.chance.choice(["website", "shop"]))

    def word(self) -> None:
        kind = self.chance.choice([Word.ACCEPT, Word.REJECT, Word.SNOOZE, Word.CONTACT, Word.REQUALIFY])
        until = self.now + days(3) if kind is Word.SNOOZE else None
        reason = "not_hiring" if kind is Word.REJECT else ""
        said = SalesWord(kind, self.now, reason=reason, until=until)
        sales.say(self.place.engine, self.known(), said, Speaker("Maria", user=self.seller))

    def assign(self) -> None:
        sales.lead_assign(self.place.engine, self.known(), self.chance.choice(["maria@example.com", ""]))

    def sellers(self) -> None:
        team.team_set(self.place.engine, "maria@example.com", available=self.chance.random() < 0.7)

    def merge(self) -> None:
        identities.merge(self.place.engine, self.known(), self.known())

    def unmerge(self) -> None:
        name, other = f"user-{self.anybody()}", f"user-{self.anybody()}"
        identities.unmerge(self.place.engine, name, other)

    def rule(self) -> None:
        act = self.chance.choice([traffic.traffic_add, traffic.traffic_remove])
        act(self.place.engine, "email-domain", "example.com")

    def rescore(self) -> None:
        self.now += days(self.chance.choice([1, 20]))
        evaluate_everyone(self.place.engine, self.now)

    def breach(self) -> None:
        self.now += days(4)
        self.place.tick(self.now)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_the_tables_equal_those_made_anew(place: Installation, seed: int) -> None:
    life = Life(place, seed)
    bring_up_to_date(place.engine)
    for number in range(30):
        life.step()
        if number % 3 == 0:
            bring_up_to_date(place.engine)
    bring_up_to_date(place.engine)
    assert rows_of(place) == anew(place)


def test_a_life_has_everything_in_it(place: Installation) -> None:
    life = Life(place, 1)
    for _ in range(60):
        life.step()
    assert Lead.objects.exclude(merged_into=None).exists()
    assert Account.objects.count() > 1
    assert Standing.objects.exclude(owner="").exists()
    assert all(rows_of_some for rows_of_some in anew(place).values())


def test_what_changed_is_read_and_not_everybody(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    place.receive(MONDAY, *(page(user(name), MONDAY) for name in NAMES))
    bring_up_to_date(place.engine)
    monkeypatch.setattr(projections, "fill", lambda *_: pytest.fail("everybody was read again"))
    place.receive(MONDAY + hours(1), page(user("ann"), MONDAY + hours(1)))
    replaced: list[list[int]] = []
    original = projections.replace
    monkeypatch.setattr(
        projections, "replace", lambda c, leads, g, r: (replaced.append(leads), original(c, leads, g, r))
    )
    bring_up_to_date(place.engine)
    assert replaced == [[place.lead("user-ann").pk]]


def test_equal_stamps_while_nothing_happens_and_another_after_an_event(place: Installation) -> None:
    place.receive(MONDAY, page(user("ann"), MONDAY))
    first = bring_up_to_date(place.engine)
    assert bring_up_to_date(place.engine) == first == stamp(place.engine)
    place.receive(MONDAY + hours(1), page(user("ann"), MONDAY + hours(1)))
    assert stamp(place.engine) != first


def qualified_people(place: Installation, *names: str) -> None:
    """Known, and past the threshold by what they asked for."""
    for name in names:
        who, traits = user(name), {"email": f"{name}@acme.example", "phone": "1", "title": "CEO", "country": "DE"}
        asked = track(who, "Quote Requested", MONDAY, quote_id=f"q{name}", seats=9, amount=900, currency="USD")
        booked = track(who, "Strategy Call Booked", MONDAY, call_id=f"c{name}")
        place.receive(MONDAY, identify(who, MONDAY, **traits), asked, booked)
    assert {place.standing(f"user-{name}").stage for name in names} == {"qualified"}


def test_owners_that_the_rules_found_are_seen(place: Installation) -> None:
    qualified_people(place, "ann", "ben")
    bring_up_to_date(place.engine)
    User.objects.create_user("maria@example.com", "x" * 12, role=User.Role.SALES, name="Maria")
    team.team_set(place.engine, "maria@example.com", capacity=5)
    assert Standing.objects.filter(owner="Maria").count() == 2
    bring_up_to_date(place.engine)
    assert rows_of(place) == anew(place)


def test_broken_promises_are_seen(place: Installation) -> None:
    qualified_people(place, "ann")
    bring_up_to_date(place.engine)
    promises.note_breaches(place.engine, MONDAY + days(6))
    assert Standing.objects.exclude(breached_at=None).count() == 1
    bring_up_to_date(place.engine)
    assert rows_of(place) == anew(place)


def test_what_is_said_of_a_company_is_seen_of_all_its_people(place: Installation) -> None:
    group = {"type": "group", "groupId": "g1"}
    for name, at, size in (("ann", MONDAY, 5), ("ben", MONDAY + days(2), 6)):
        said = {"timestamp": at.isoformat(), "traits": {"name": "Acme", "employees": size}, "messageId": name}
        place.receive(at, {**group, **said, **user(name)})
    other = {"type": "group", "groupId": "g2", "timestamp": (MONDAY + days(3)).isoformat(), "messageId": "o"}
    place.receive(MONDAY + days(3), {**other, "traits": {"name": "Bolt"}, **user("ben")})
    bring_up_to_date(place.engine)
    told = {"name": "Acme", "employees": 77}
    late = {"timestamp": (MONDAY + days(2.5)).isoformat(), "traits": told, "messageId": "l"}
    place.receive(MONDAY + days(4), {**group, **late, **user("ben")})  # who has left it since
    bring_up_to_date(place.engine)
    assert rows_of(place) == anew(place)
    with place.engine.store.cursor() as cursor:
        found = cursor.execute("SELECT employees FROM memory.main.people WHERE company = 'Acme'").fetchall()
    assert found == [(77,)]


def test_a_rebuild_of_everything_is_seen(place: Installation) -> None:
    life = Life(place, 3)
    for _ in range(12):
        life.step()
    bring_up_to_date(place.engine)
    rebuilding.rebuild(place.engine)
    bring_up_to_date(place.engine)
    assert rows_of(place) == anew(place)


def test_a_reading_that_failed_is_made_up_for(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    place.receive(MONDAY, page(user("ann"), MONDAY))
    bring_up_to_date(place.engine)
    place.receive(MONDAY + hours(1), page(user("ben"), MONDAY + hours(1)))
    with monkeypatch.context() as broken:
        broken.setattr(projections, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk")))
        with pytest.raises(OSError, match="disk"):
            bring_up_to_date(place.engine)
    bring_up_to_date(place.engine)
    assert len(rows_of(place)[projections.PEOPLE]) == 2


def test_lists_do_not_wait_for_somebody_who_reads_everybody(place: Installation) -> None:
    place.receive(MONDAY, page(user("ann"), MONDAY))
    have_ready(place.engine)
    place.receive(MONDAY + hours(1), page(user("ben"), MONDAY + hours(1)))
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with place.engine.projecting:
            held.set()
            done.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    have_ready(place.engine)
    assert len(rows_of(place)[projections.PEOPLE]) == 1
    done.set()
    thread.join()
    have_ready(place.engine)
    assert len(rows_of(place)[projections.PEOPLE]) == 2


def test_too_many_changes_are_everybody() -> None:
    log = ChangeLog()
    assert log.take().all_touched
    log.note_rescored(range(MOST + 1))
    log.note([5], [7])
    taken = log.take()
    assert (taken.all_rescored, taken.all_touched, taken.touched, taken.accounts) == (True, False, {5}, {7})
    assert not log.take()


def test_the_first_visit_and_its_source_stay_the_earliest(place: Installation) -> None:
    place.receive(MONDAY, page(user("ann"), MONDAY, "/second"))
    bring_up_to_date(place.engine)
    place.use_source("shop")
    place.receive(MONDAY + hours(1), page(user("ann"), MONDAY - days(2), "/first"))
    bring_up_to_date(place.engine)
    with place.engine.store.cursor() as cursor:
        found = cursor.execute("SELECT landing, event_source FROM memory.main.people").fetchall()
    assert found == [("/first", "shop")]
