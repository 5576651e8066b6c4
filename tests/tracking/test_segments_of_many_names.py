"""Names come from clients, any number of them in one segment: no statement may grow with them beyond what a database
takes, and none may be sent for each of them."""

import sqlite3
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tracking_cast import SOURCE, Office, message

from leadline.tracking import chunks
from leadline.tracking.models import EventSource, Identity, ViolationTally

MOST_PARAMETERS = 2_000
MANY = 2_200


@pytest.fixture
def few_parameters(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:  # noqa: ARG001  # opens the database
    """SQLite takes two thousand parameters, and lists are cut to suit: the same as 32,766 and a segment of 32 MB."""
    monkeypatch.setattr(chunks, "CHUNK", MOST_PARAMETERS // 4)
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    most = connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, MOST_PARAMETERS)
    yield
    connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, most)


@pytest.mark.usefixtures("few_parameters")
def test_a_segment_may_hold_any_number_of_unplanned_events(office: Office) -> None:
    EventSource.objects.create(pk=SOURCE, name="shop")
    for _ in range(2):
        office.take(*(message(event=f"Viewed {number}") for number in range(MANY)))
    assert sum(ViolationTally.objects.values_list("count", flat=True)) == 2 * MANY


@pytest.mark.usefixtures("few_parameters")
def test_a_segment_may_hold_any_number_of_users_named_like_visitors(office: Office) -> None:
    office.take(*(message(userId=f"p{number}", anonymousId=f"p{number}") for number in range(MANY)))
    assert Identity.objects.count() == 2 * MANY


def _companies(count: int, prefix: str) -> list[dict[str, object]]:
    return [
        message("group", userId="u1", groupId=f"{prefix}{n}", traits={"domain": f"{prefix}{n}.example"})
        for n in range(count)
    ]


@pytest.mark.django_db
def test_companies_are_not_asked_for_one_by_one(office: Office) -> None:
    def queries(take: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as captured:
            take()
        return len(captured)

    one = queries(lambda: office.take(*_companies(1, "a")))
    assert queries(lambda: office.take(*_companies(30, "b"))) <= one + 5
