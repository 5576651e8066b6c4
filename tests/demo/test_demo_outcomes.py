"""Proportions hold, outcomes follow a hidden intent, and a sensible score finds them without being certain."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from time import process_time

import pytest
from scipy.stats import mannwhitneyu

from leadline.demo.journeys import live
from leadline.demo.lives import Life
from leadline.demo.messages import SimulatedRequest
from leadline.demo.platform import Platform
from leadline.demo.rhythm import after_working_hours, settle, working_time
from leadline.demo.sales_team import TEAM
from leadline.demo.streams import stream
from leadline.demo.summary import Happening, happenings, summary

BOUNDS = {  # of 2,000 people after 120 days
    "visitor": (850, 960),
    "job_seeker": (48, 72),
    "asked": (230, 320),
    "opportunity": (115, 170),
    "won": (52, 90),
    "contacted": (260, 390),
}


def auc(pairs: Iterable[tuple[float, bool]]) -> float:
    """The chance that one with the outcome has the higher score."""
    groups: dict[bool, list[float]] = {True: [], False: []}
    for score, outcome in pairs:
        groups[outcome].append(score)
    return float(mannwhitneyu(groups[True], groups[False]).statistic / len(groups[True]) / len(groups[False]))


WORTH = {  # a rough score, made for this test: points for an event, halved every three weeks
    "Tool Used": 2.0,
    "Content Completed": 1.0,
    "Role Progressed": 1.0,
    "Quiz Completed": 2.0,
    "Quote Calculated": 3.0,
    "Role Saved": 4.0,
    "Quote Requested": 40.0,
    "Strategy Call Booked": 30.0,
}


def rough_score(happened: list[Happening], at: datetime) -> float:
    ages = [(WORTH.get(h.event, 0.0), (at - h.at) / timedelta(days=21)) for h in happened if h.at < at]
    return sum(worth * 0.5**age for worth, age in ages)


def backtest(lives: list[Life], origin: datetime, known_only: bool) -> Iterable[tuple[float, bool]]:
    """(score, opportunity within 30 days) of those without an opportunity, at five cut-offs."""
    for at in (origin + timedelta(days=days) for days in (50, 60, 70, 80, 90)):
        for life in lives:
            happened = list(happenings(life, at + timedelta(days=30)))
            opened = [h.at for h in happened if h.event == "Opportunity Opened"]
            known = any(h.event == "Signed Up" and h.at < at for h in happened)
            if life.visits[0].at < at and not any(o < at for o in opened) and (known or not known_only):
                yield rough_score(happened, at), bool(opened)


@pytest.mark.parametrize("seed", [7, 1, 2])
def test_proportions_lie_within_the_stated_bounds(seed: int, origin: datetime, end: datetime) -> None:
    outcome = summary(Platform(seed, origin), end)["outcome"]
    for group, (low, high) in BOUNDS.items():
        assert low <= outcome[group] <= high, (group, outcome[group])


def test_every_archetype_is_there(platform: Platform, end: datetime) -> None:
    counts = summary(platform, end)["archetype"]
    assert len(counts) == 7
    assert min(counts.values()) >= 30
    assert 1_950 <= sum(counts.values()) <= 2_000


def test_the_cheap_campaign_brings_many_and_wins_none(platform: Platform, end: datetime) -> None:
    bargain = summary(platform, end)["bargain"]
    assert bargain["visitor"] > 200
    assert bargain["known"] > 30
    assert not {"won", "opportunity"} & set(bargain)


def test_hidden_intent_foretells_opportunities_but_not_surely(lives: list[Life], end: datetime) -> None:
    pairs = []
    for life in lives:
        events = {happening.event for happening in happenings(life, end)}
        if "Signed Up" in events and life.person.archetype.name != "job_seeker":
            pairs.append((life.person.intent, "Opportunity Opened" in events))
    assert 0.78 <= auc(pairs) <= 0.93


def test_a_sensible_score_is_neither_blind_nor_certain(lives: list[Life], origin: datetime) -> None:
    assert 0.72 <= auc(backtest(lives, origin, known_only=True)) <= 0.86
    assert 0.75 <= auc(backtest(lives, origin, known_only=False)) <= 0.88


def test_outcomes_come_in_their_order(lives: list[Life]) -> None:
    for life in lives:
        at = defaultdict(list)
        for happening in happenings(life, datetime.max.replace(tzinfo=UTC)):
            at[happening.event].append(happening.at)
        for earlier, later in (("Signed Up", "Lead Contacted"), ("Lead Contacted", "Opportunity Opened")):
            assert not at[later] or min(at[earlier]) <= min(at[later])
        assert len(at["Deal Won"]) + len(at["Opportunity Lost"]) <= len(at["Opportunity Opened"])


def test_the_sales_team_contacts_most_and_leaves_some_fresh_ones(lives: list[Life], end: datetime) -> None:
    waiting = []
    for life in lives:
        happened = list(happenings(life, end))
        events = {happening.event for happening in happened}
        asked = [h.at for h in happened if h.event == "Quote Requested" and h.properties["seats"]]
        if asked and "Lead Contacted" not in events and life.person.kind == "person":
            waiting.append(end - min(asked))
    assert 3 <= sum(age < timedelta(days=7) for age in waiting) <= 15
    assert sum(age >= timedelta(days=7) for age in waiting) <= 12


def test_four_representatives_share_the_contacts(requests: list[SimulatedRequest]) -> None:
    owners = {r.message["properties"]["owner"] for r in requests if r.message.get("event") == "Lead Contacted"}
    assert owners == {each.name for each in TEAM}


def test_the_last_two_days_are_lively(requests: list[SimulatedRequest], end: datetime) -> None:
    recent = [r.message.get("event") for r in requests if r.received_at >= end - timedelta(hours=48)]
    assert recent.count("Quote Requested") >= 2
    assert recent.count("Strategy Call Booked") >= 1
    assert recent.count("Signed Up") >= 5


def test_the_volume_fills_in_well_under_a_minute(requests: list[SimulatedRequest]) -> None:
    assert 60_000 <= len(requests) <= 120_000


def test_a_whole_demonstration_is_generated_in_seconds(platform: Platform, origin: datetime, end: datetime) -> None:
    began = process_time()
    assert sum(1 for _ in platform.requests(origin, end)) > 0
    assert process_time() - began < 10


def test_people_settle_forward_into_working_hours() -> None:
    friday_evening = datetime(2026, 11, 20, 22, tzinfo=UTC)
    for draw in range(200):
        wanted = settle(stream("settle", draw), friday_evening, 10)
        assert timedelta(0) <= wanted - friday_evening < timedelta(days=4)


def test_the_sales_team_works_on_local_weekdays() -> None:
    friday = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
    assert working_time(friday, 0) == friday
    assert working_time(friday + timedelta(hours=1), 0) == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert after_working_hours(friday, 2, 0).weekday() == 0


def test_a_life_is_told_the_same_twice() -> None:
    arrival = datetime(2026, 3, 2, tzinfo=UTC)
    assert live(7, 88, arrival) == live(7, 88, arrival)
