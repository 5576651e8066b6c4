"""A canary in every field of every kind of message: none is in the event store, nor in clear in the record store.

The same through a running installation, with all its files, logs and answers: tests/acceptance/test_canaries.py.
"""

from collections.abc import Iterator

from django.db import connection
from pipeline_cast import MONDAY, Installation
from tests.acceptance import canary_messages
from tests.acceptance.canaries import Aviary, Kind, where

from leadline.tracking.models import Identity, Profile, QuarantinedMessage

USER = "userId"


def received(place: Installation) -> Aviary:
    aviary = Aviary()
    user = aviary.email(USER)
    messages = canary_messages.good(aviary, user) + canary_messages.bad(aviary, user)
    report = place.receive(MONDAY, *messages)
    assert report.stored >= 8
    assert QuarantinedMessage.objects.count() >= 8
    return aviary


def rows_of_events(place: Installation) -> Iterator[tuple[str, str]]:
    """Each table of the event store with all that it holds, as text."""
    with place.engine.store.cursor() as cursor:
        names = [name for (name,) in cursor.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        for name in names:
            yield name, repr(cursor.execute(f"SELECT * FROM {name}").fetchall())  # noqa: S608  # its own names


def rows_of_records() -> Iterator[tuple[str, str]]:
    """Each table of the record store as it lies there."""
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{name}"')  # noqa: S608  # its own names
            yield name, repr(cursor.fetchall())


def leaks(aviary: Aviary, rows: Iterator[tuple[str, str]]) -> dict[str, list[str]]:
    found = where({name: text.encode() for name, text in rows})
    told = {name: aviary.places(numbers, [Kind.PERSON]) for name, numbers in found.items()}
    return {name: places for name, places in told.items() if places}


def test_the_event_store_gets_nobody(place: Installation) -> None:
    aviary = received(place)
    rows = dict(rows_of_events(place))
    assert "/pricing-of-nobody" in rows["events"]
    assert "favourite_colour" in rows["traits"], "what traits there are is known"
    assert leaks(aviary, iter(rows.items())) == {}


def test_the_record_store_holds_nobody_in_clear(place: Installation) -> None:
    aviary = received(place)
    rows = dict(rows_of_records())
    assert leaks(aviary, iter(rows.items())) == {}
    companies = aviary.places(where({"companies": rows["tracking_account"].encode()})["companies"])
    assert "identify traits.company.name" in companies, "what may be in clear is found"
    opened = [(each.value,) for each in Identity.objects.all()]
    opened += [(each.traits,) for each in Profile.objects.all()]
    opened += [(each.body,) for each in QuarantinedMessage.objects.all()]
    seen = set(leaks(aviary, iter([("opened", repr(opened))]))["opened"])
    assert {USER, "identify traits.name", "identify traits.phone", "bad timestamp", "breaks the plan"} <= seen


def test_what_is_wrong_with_a_message_is_told_without_what_it_says(place: Installation) -> None:
    received(place)
    told = {row.code: row.reason for row in QuarantinedMessage.objects.all()}
    assert {"unknown_type", "no_event", "bad_timestamp", "too_deep", "no_group"} <= set(told)
    assert told["unknown_type"].startswith("The type is ")
