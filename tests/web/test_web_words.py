from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from leadline.eventstore.sessions import StoredSession
from leadline.qualification.stages import Stage
from leadline.web import moments, words
from leadline.web.next_step import Situation, next_step

NOW = datetime(2026, 5, 14, 12, 0, tzinfo=UTC)  # a Thursday
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=38), "38 minutes ago"),
        (timedelta(hours=2), "2 hours ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(hours=25), "yesterday"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=7), "7 days ago"),
        (timedelta(days=8), "6 May"),
        (timedelta(days=200), "26 Oct 2025"),
        (timedelta(hours=-5), "today 17:00"),
    ],
)
def test_time_is_relative_up_to_a_week_then_a_date(before: timedelta, said: str) -> None:
    assert moments.ago(NOW - before, NOW, UTC) == said


def test_days_are_counted_as_the_viewer_counts_them() -> None:
    late, now = datetime(2026, 5, 12, 21, 30, tzinfo=UTC), datetime(2026, 5, 13, 22, 30, tzinfo=UTC)
    assert moments.ago(late, now, UTC) == "yesterday"
    assert moments.ago(late, now, BERLIN) == "2 days ago"


def test_the_hover_has_the_exact_time_in_the_viewers_zone() -> None:
    assert moments.exact(NOW, BERLIN) == "Thu 14 May 2026, 14:00:00 CEST"


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=40), "40 s"),
        (timedelta(minutes=38), "38 min"),
        (timedelta(hours=2.5), "2 h"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_a_length_is_said_in_its_largest_unit(length: timedelta, said: str) -> None:
    assert moments.span(length) == said


def test_a_timeline_says_the_hour_then_the_weekday_then_the_date() -> None:
    said = [moments.on_timeline(NOW - timedelta(days=days), NOW, UTC) for days in (0, 2, 9)]
    assert said == ["12:00", "Tue 12:00", "5 May"]


def test_every_stage_has_a_name_and_none_is_conversion_alone() -> None:
    assert set(words.STAGE_NAMES) == set(Stage)
    assert "Conversion" not in words.STAGE_NAMES.values()


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        (Decimal("9600.00"), "USD", "$9,600"),
        (Decimal("9600.50"), "EUR", "€9,600.50"),
        (Decimal(9600), "SEK", "9,600 SEK"),
        (None, "USD", ""),
    ],
)
def test_money_has_no_empty_decimals(amount: Decimal | None, currency: str, said: str) -> None:
    assert words.money(amount, currency) == said


@pytest.mark.parametrize(("micro", "said"), [(31_400_000, "+31"), (-4_900_000, "−4"), (400_000, "0")])  # noqa: RUF001
def test_a_change_has_its_sign(micro: int, said: str) -> None:
    assert words.change_points(micro) == said


def test_people_are_called_by_what_is_known_of_them() -> None:
    assert words.person_name({"name": "Amelia Hart", "email": "a@b.c"}, 7, True) == "Amelia Hart"
    assert words.person_name({"email": "a@b.c", "user_id": "u"}, 7, True) == "a@b.c"
    assert words.person_name(None, 1204, False) == "Visitor 1204"


def test_a_count_beyond_the_cap_says_so() -> None:
    assert [words.capped(count, 10_000) for count in (1204, 10_000, 10_001)] == ["1,204", "10,000", "10,000+"]


def test_a_visit_in_a_line() -> None:
    began = NOW - timedelta(minutes=12)
    visit = StoredSession(began, NOW, 9, 5, 245_000, "/pricing", "google.com", "google", "cpc", "spring")
    assert words.visit_words(visit) == "12 minutes, 5 pages, 4 minutes engaged, from google, spring"
    assert words.visit_words(replace(visit, utm_source=None, utm_campaign=None, engaged_ms=0, pages=1)) == (
        "12 minutes, 1 page, from google.com"
    )
    assert words.visit_words(replace(visit, events=1, engaged_ms=0)) == ""


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("cli:ada", "ada, by command"),
        ("cli", "the command line"),
        ("Ada Lovelace <ada@example.com>", "Ada Lovelace"),
        ("ada@example.com", "ada@example.com"),
        ("", ""),
    ],
)
def test_who_did_it_is_said_without_prefixes(by: str, said: str) -> None:
    assert words.by_words(by) == said


@pytest.mark.parametrize(("reference", "said"), [("", "the one in force"), ("3", "ruleset 3"), ("draft:7", "draft 7")])
def test_rulesets_of_a_run_are_said_in_words(reference: str, said: str) -> None:
    assert words.reference_words(reference) == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"stage": Stage.CUSTOMER}, "Already a customer."),
        ({"stage": Stage.DISQUALIFIED}, "Not to be contacted: the stage history says why."),
        ({"stage": Stage.DISQUALIFIED, "disqualified_for": "Looks for work"}, "Not to be contacted: Looks for work."),
        ({}, "First contact was logged just now by Ada. Accept the lead to keep it, or reject it."),
        ({"accepted_at": NOW}, "First contact was logged just now by Ada."),
    ],
)
def test_what_a_lead_is_comes_before_what_was_done_with_it(changes: dict[str, Any], said: str) -> None:
    situation = Situation(Stage.QUALIFIED, True, "Ada", None, NOW, None)  # known
    assert next_step(replace(situation, **changes), NOW, UTC) == said
