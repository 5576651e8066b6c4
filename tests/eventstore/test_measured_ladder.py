"""How far people come, how soon, how long they stay where, and how often they come back: as plain Python counts it."""

import json
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

import numpy
import pytest
from measured_cast import History, history

from leadline.analytics.periods import Grain, Period
from leadline.analytics.stickiness import MONTH, WEEK, active_within
from leadline.eventstore.content import content_rows
from leadline.eventstore.ladder import cohorts_reached, standing_now, stays_ended, steps_reached
from leadline.eventstore.measured import Asked, measured
from leadline.eventstore.stickiness import activity_gaps, days_each
from leadline.eventstore.usage import tool_rows

AROUND = date(2018, 11, 4)
ZONE = "America/Sao_Paulo"  # midnight of that day was skipped
PERIOD = Period(AROUND - timedelta(days=20), AROUND + timedelta(days=10), ZONE)
UP = {"profile_development": 1, "conversion_signals": 2, "qualified": 3, "customer": 4}


@pytest.fixture(params=range(3))
def made(request: Any) -> History:
    return history(request.param, ZONE, AROUND, 60)


def inside(at: datetime) -> bool:
    return PERIOD.start <= at < PERIOD.end


def reached(made: History, lead: int, stage: str) -> datetime | None:
    """When somebody first was in a stage or, of the lower two, beyond it."""
    enough = [to for to in UP if to == stage or (UP[stage] <= 2 and UP[to] > UP[stage])]
    moves = [row["moved_at"] for row in made.rows("moves")
             if row["lead"] == lead and row["to_stage"] in enough and row["moved_at"] <= made.now]  # fmt: skip
    return min(moves, default=None)


def test_steps_of_people_first_seen_in_the_period(made: History) -> None:
    people = [row for row in made.rows("people") if inside(row["first_seen_at"])]
    came = [[reached(made, row["lead"], stage) is not None for stage in UP] for row in people]
    known = sum(row["known_at"] is not None or any(steps) for row, steps in zip(people, came, strict=True))
    with made.connect() as cursor:
        found = steps_reached(cursor, PERIOD, made.now)
    assert found == (len(people), known, *(sum(steps[place] for steps in came) for place in range(4)))


def test_cohorts_by_stage_and_span(made: History) -> None:
    buckets, spans = PERIOD.buckets(Grain.WEEK), (7, 14, 30)
    with made.connect() as cursor:
        found = {(one.place, one.stage, one.days): one for one in cohorts_reached(cursor, buckets, spans, made.now)}
    for place, bucket in enumerate(buckets):
        cohort = [
            row for row in made.rows("people") if row["known_at"] and bucket.start <= row["known_at"] < bucket.end
        ]
        for stage in UP if cohort else ():
            at = {row["lead"]: reached(made, row["lead"], stage) for row in cohort}
            for days in spans:
                span = timedelta(days=days)
                ripe = [row for row in cohort if row["known_at"] + span <= made.now]
                within = [row for row in ripe if (when := at[row["lead"]]) and when <= row["known_at"] + span]
                one = found[place, stage, days]
                ever = sum(when is not None for when in at.values())
                assert (one.people, one.ever, one.ripe, one.within) == (len(cohort), ever, len(ripe), len(within))


def test_qualified_within_fourteen_days_is_the_qualification_rate(made: History) -> None:
    with made.connect() as cursor:
        ones = [one for one in cohorts_reached(cursor, [PERIOD], (14,), made.now) if one.stage == "qualified"]
        rate = measured(cursor, ["qualification-rate"], Asked([PERIOD], made.now))["qualification-rate"][""][0]
    assert (ones[0].within / ones[0].ripe, ones[0].ripe) == (rate.value, rate.cases)


def test_stays_that_ended_in_the_period(made: History) -> None:
    took: dict[str, list[float]] = {}
    for person in made.rows("people"):
        began = person["first_seen_at"]
        for move in (row for row in made.rows("moves") if row["lead"] == person["lead"]):
            if inside(move["moved_at"]):
                seconds = max(0.0, (move["moved_at"] - began) / timedelta(seconds=1))
                took.setdefault(move["from_stage"], []).append(seconds)
            began = move["moved_at"]
    with made.connect() as cursor:
        found = stays_ended(cursor, PERIOD, made.now)
    assert found.keys() == took.keys()
    for stage, seconds in took.items():
        wanted = [len(seconds), *(numpy.quantile(seconds, share) for share in (0.5, 0.75, 0.9))]
        assert [found[stage].count, found[stage].median, found[stage].p75, found[stage].p90] == pytest.approx(wanted)


def test_who_stands_where_now(made: History) -> None:
    ages: dict[str, list[float]] = {}
    for row in made.rows("people"):
        since = row["stage_since"] or row["first_seen_at"]
        stage = row["stage"] or "initial_engagement"
        ages.setdefault(stage, []).append(max(0.0, (made.now - since) / timedelta(seconds=1)))
    with made.connect() as cursor:
        found = standing_now(cursor, made.now)
    assert found.keys() == ages.keys()
    assert all(found[stage] == (len(ages[stage]), pytest.approx(median(ages[stage]))) for stage in ages)


def test_who_was_active_in_a_week_is_who_visited_in_it(made: History) -> None:
    days = PERIOD.buckets(Grain.DAY)
    with made.connect() as cursor:
        gaps = activity_gaps(cursor, PERIOD, made.now)
        for window in (1, WEEK, MONTH):
            ending = [
                Period(max(PERIOD.first, day.first - timedelta(days=window - 1)), day.first, ZONE) for day in days
            ]
            visitors = measured(cursor, ["visitors"], Asked(ending, made.now))["visitors"][""]
            assert active_within(gaps, window, len(days)) == [one.value for one in visitors]


def test_people_by_how_many_days_they_were_active_on(made: History) -> None:
    listed = {row["lead"] for row in made.rows("people")}
    active: dict[int, set[int]] = {}
    for number, day in enumerate(PERIOD.buckets(Grain.DAY)):
        for visit in made.rows("touches"):
            if visit["lead"] in listed and day.start <= visit["started_at"] < day.end:
                active.setdefault(visit["lead"], set()).add(number)
    counts = [len(days) for days in active.values()]
    with made.connect() as cursor:
        found = days_each(cursor, PERIOD, made.now)
    assert found == [(days, counts.count(days)) for days in sorted(set(counts))]


def events_of(made: History, *names: str) -> list[tuple[int, str, datetime, dict[str, Any]]]:
    listed = {row["lead"] for row in made.rows("people")}
    return [(row["identity"] // 10, row["name"], row["occurred_at"], json.loads(row["properties"]))
            for row in made.rows("events")
            if row["identity"] // 10 in listed and row["name"] in names and row["kind"] == "track"
            and not row["bot"] and not row["internal"] and PERIOD.start <= row["occurred_at"] <= made.now]  # fmt: skip


def test_tools_with_their_repeat_users(made: History) -> None:
    qualified = {row["lead"] for row in made.rows("people") if row["qualified_at"]}
    wanted = []
    for tool in "xy":
        uses = [each for each in events_of(made, "Tool Used") if each[3]["tool"] == tool and inside(each[2])]
        by = [lead for lead, *_ in uses]
        done = sum(said["completed"] for *_, said in uses)
        repeat = sum(by.count(lead) > 1 for lead in set(by))
        wanted.append((tool, len(set(by)), len(by), done, done / len(by), len(set(by) & qualified), repeat))
    with made.connect() as cursor:
        found = tool_rows(cursor, PERIOD, made.now)
    assert sorted(found) == wanted


def test_content_that_was_started_and_completed(made: History) -> None:
    qualified = {row["lead"] for row in made.rows("people") if row["qualified_at"]}
    with made.connect() as cursor:
        found = {row[0]: row[1:] for row in content_rows(cursor, PERIOD, made.now)}
    for content in "pq":
        seen = [
            each for each in events_of(made, "Content Started", "Content Completed") if each[3]["content_id"] == content
        ]
        here = [each for each in seen if inside(each[2])]
        people = {lead for lead, *_ in here}
        began = {lead: min(at for who, name, at, _ in here if who == lead and name == "Content Started")
                 for lead, name, *_ in here if name == "Content Started"}  # fmt: skip
        done = [(lead, at) for lead, name, at, _ in seen if name == "Content Completed"]
        ended = {
            lead: min((at for who, at in done if who == lead and at >= since), default=None)
            for lead, since in began.items()
        }
        took = [(at - began[lead]) / timedelta(seconds=1) for lead, at in ended.items() if at]
        starts = sum(name == "Content Started" for _, name, *_ in here)
        wanted = (len(people), starts, len(here) - starts, len(began), len(took))
        assert found[content][:6] == ("guide", *wanted)
        assert found[content][6] == (pytest.approx(median(took)) if took else None)
        assert found[content][7] == len(people & qualified)
