"""Nothing personal is in clear: not in the record store's file, not in what the event store gets."""

import sqlite3
from pathlib import Path

import msgspec
import pytest
from django.db import connection
from tracking_cast import NOON, SOURCE, Office, at, message, record, tables

from leadline.privacy.fields import field_cipher
from leadline.tracking.models import EventSource, QuarantinedMessage

CANARIES = {
    "user": "canary-user-7741",
    "visitor": "canary-visitor-7741",
    "email": "canary.jane@acme.example",
    "first": "Canaryjane",
    "last": "Canarydoe",
    "phone": "+15557741774",
}
TRAITS = {
    "email": CANARIES["email"],
    "firstName": CANARIES["first"],
    "lastName": CANARIES["last"],
    "phone": CANARIES["phone"],
    "company": "Visible Company",
    "industry": CANARIES["email"],
    CANARIES["email"]: "x",
}


def whole_file(path: Path) -> bytes:
    """The record store as a file, as somebody who stole it reads it."""
    connection.ensure_connection()
    with sqlite3.connect(path) as copy:
        copy.executescript("\n".join(connection.connection.iterdump()))
    copy.close()
    return path.read_bytes()


def test_the_record_stores_file_holds_nothing_personal_in_clear(office: Office, tmp_path: Path) -> None:
    who = {"userId": CANARIES["user"], "anonymousId": CANARIES["visitor"]}
    intake = office.take(
        message("identify", **who, traits=TRAITS, messageId=CANARIES["email"]),
        message("track", **who, event=f"Mailed {CANARIES['email']}", properties={"quote_id": CANARIES["email"]}),
        message("alias", userId=CANARIES["user"], previousId=CANARIES["email"]),
        message("group", **who, groupId=CANARIES["email"], traits={"name": "Visible Company"}),
        message("track", **who, event=CANARIES["email"], timestamp=CANARIES["email"]),
        {"type": CANARIES["email"], "traits": TRAITS, **who},
    )
    assert intake.quarantined == 2
    stored = whole_file(tmp_path / "stolen.sqlite3")
    assert b"Visible Company" in stored
    assert {name for name, canary in CANARIES.items() if canary.lower().encode() in stored.lower()} == set()
    crossing = (
        msgspec.json.encode([[d.name, d.properties, d.place] for d in intake.drafts]) + repr(intake.traits).encode()
    )
    assert {name for name, canary in CANARIES.items() if canary.lower().encode() in crossing.lower()} == set()


def test_the_event_store_learns_only_the_presence_of_personal_traits(office: Office) -> None:
    intake = office.take(message("identify", userId="u1", traits={**TRAITS, "employees": 12, "title": None}))
    known = {change.key: (change.value, change.present) for change in intake.traits}
    assert known["email"] == known["phone"] == known["first_name"] == known["industry"] == (None, True)
    assert known["employees"] == ("12", True)
    assert known["title"] == (None, False)
    assert known["email_class"] == ("business", True)


def test_the_class_of_an_address_is_ours_to_say_and_goes_with_it(office: Office) -> None:
    (change,) = office.take(message("identify", userId="u1", traits={"emailClass": "own", "plan": "pro"})).traits
    assert change.key == "plan"
    removed = office.take(message("identify", userId="u1", traits={"email": None})).traits
    assert {each.key: each.present for each in removed} == {"email": False, "email_class": False}


def test_quarantined_messages_are_sealed_whole(office: Office) -> None:
    EventSource.objects.create(pk=SOURCE, name="shop")
    office.take_records([record(b'{"type":"track","event":"\xff"}'), record({"type": "x", "userId": "u"})])
    first, second = QuarantinedMessage.objects.order_by("position")
    assert first.body == {"undecodable": b'{"type":"track","event":"\xff"}'.hex()}
    assert second.body == {"type": "x", "userId": "u"}
    assert (second.source_id, second.code, second.received_at) == (SOURCE, "unknown_type", NOON)
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM tracking_quarantinedmessage WHERE position = 1")
        (sealed,) = cursor.fetchone()
    assert b"userId" not in sealed
    assert field_cipher().open(sealed, b"tracking.quarantinedmessage.body")


@pytest.mark.parametrize("place", ["frame", "header"])
def test_a_damaged_segment_costs_only_what_is_damaged(office: Office, place: str) -> None:
    office.take(message(userId="u1", timestamp=at(-1)))
    path = office.segments[0]
    content = bytearray(path.read_bytes())
    content[-3 if place == "frame" else 10] ^= 1
    path.write_bytes(content)
    QuarantinedMessage.objects.all().delete()
    intake = office.again(path)
    codes = set(QuarantinedMessage.objects.values_list("code", flat=True))
    assert (codes, len(intake.drafts)) == ({"corrupt_frame"}, 0)
    assert all(row.received_at.year > 2000 for row in QuarantinedMessage.objects.all())
    before = tables()
    office.again(path)
    assert tables() == before
