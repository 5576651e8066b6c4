"""Which use stands out, counted from the audit trail: limits of an hour, what is usual for somebody, once a day."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from audit_cast import MORNING

from leadline.accounts import unusual_use
from leadline.accounts.audit import Via, What, Who, record, verify
from leadline.accounts.audit_verbs import EXPORTED, LEAD_SEEN, PEOPLE_LISTED, REFUSED, SIGN_IN_FAILED, USE_UNUSUAL
from leadline.accounts.models import AuditEntry, User

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
READER, OTHER = 1, 2


@pytest.fixture(autouse=True)
def few(settings: Any) -> None:
    """Three leads an hour pass without a word."""
    settings.UNUSUAL_LEADS = 3


def saw(leads: int, at: datetime = MORNING, user: int | None = READER) -> None:
    """Somebody sees the leads 1, 2, 3, ... within seconds."""
    for lead in range(1, leads + 1):
        did(LEAD_SEEN, at, user, What("lead", lead))


def did(verb: str, at: datetime, user: int | None, what: What, **numbers: int) -> None:
    record(Who(user, Via.PAGE), verb, what, numbers, at)


def stood_out(minutes: int = 1) -> list[tuple[int | None, str, int]]:
    """Who did what how often, looked at so many minutes after the morning."""
    entries = unusual_use.look(MORNING + minutes * MINUTE)
    return [(each.about_number, str(each.numbers["deed"]), int(each.numbers["count"])) for each in entries]


def test_more_leads_than_anybody_needs_stand_out_once_a_day() -> None:
    saw(4)
    saw(3, user=OTHER)
    assert stood_out() == [(READER, LEAD_SEEN, 4)]
    entry = AuditEntry.objects.get(verb=USE_UNUSUAL)
    assert (entry.user, entry.via, entry.about) == (None, "server", "user")
    assert entry.numbers == {"deed": LEAD_SEEN, "count": 4, "most": 3}
    assert stood_out(6) == [], "it was told"
    assert verify().whole
    saw(12, MORNING + DAY)
    assert stood_out(24 * 60 + 2) == [], "up to three times the four of yesterday are usual now"
    saw(37, MORNING + 2 * DAY)
    assert stood_out(48 * 60 + 1) == [(READER, LEAD_SEEN, 37)]


def test_one_lead_seen_again_and_again_is_one_lead() -> None:
    for _ in range(3):
        saw(3)
    assert stood_out() == []


def test_what_is_an_hour_old_is_counted_no_more() -> None:
    saw(4)
    assert stood_out(60) == []


def test_what_somebody_does_every_day_is_usual_for_them_alone() -> None:
    saw(20, MORNING - DAY)
    saw(50)
    saw(50, user=OTHER)
    assert stood_out() == [(OTHER, LEAD_SEEN, 50)]
    saw(61, MORNING + 90 * MINUTE)
    assert (READER, LEAD_SEEN, 61) not in stood_out(91), "the fifty of this morning count as well"


def test_what_was_usual_more_than_a_month_ago_is_forgotten() -> None:
    saw(20, MORNING - 32 * DAY)
    saw(4)
    assert stood_out() == [(READER, LEAD_SEEN, 4)]


@pytest.mark.parametrize(
    ("verb", "passes", "numbers"),
    [(PEOPLE_LISTED, 3, {"rows": 100}), (EXPORTED, 20, {"rows": 1}), (REFUSED, 50, {"status": 403})],
)
def test_lists_exports_and_refusals_are_counted_too(verb: str, passes: int, numbers: dict[str, int]) -> None:
    for _ in range(passes):
        did(verb, MORNING, READER, What(), **numbers)
    assert stood_out() == []
    did(verb, MORNING, READER, What(), **numbers)
    assert [(user, deed) for user, deed, _ in stood_out(2)] == [(READER, verb)]


def test_failed_sign_ins_are_counted_of_everybody_together() -> None:
    for _ in range(101):
        did(SIGN_IN_FAILED, MORNING, None, What())
    assert stood_out() == [(None, SIGN_IN_FAILED, 101)]
    assert unusual_use.sentences(unusual_use.noticed(MORNING)) == [
        "Strangers failed to sign in 101 times within an hour."
    ]
    assert stood_out(2) == []


def test_it_is_told_by_the_names_of_today() -> None:
    ann = User.objects.create_user("ann@us.example", None, name="Ann")
    saw(1_204, user=ann.pk)
    saw(4, user=ann.pk + 1)
    stood_out()
    assert unusual_use.sentences(unusual_use.noticed(MORNING)) == [
        f"{ann} saw 1,204 different leads within an hour.",
        f"User {ann.pk + 1} saw 4 different leads within an hour.",
    ]


def test_it_can_be_switched_off(settings: Any) -> None:
    settings.UNUSUAL_LEADS = 0
    saw(50)
    assert stood_out() == []
