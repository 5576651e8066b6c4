"""The audit trail in the record store: appended, guarded by the database, checked, shortened on record."""

import json
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from audit_cast import MORNING, seen, unguarded
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from leadline.accounts import audit_guard
from leadline.accounts.audit import (
    NOTHING,
    NotPlainError,
    Via,
    What,
    Who,
    fields_in_order,
    record,
    trim,
    verify,
)
from leadline.accounts.audit_chain import Known, check
from leadline.accounts.audit_export import write
from leadline.accounts.audit_find import AuditFilter, user_number
from leadline.accounts.audit_verbs import EXPORTED, LEAD_SEEN
from leadline.accounts.models import AuditEntry, User
from leadline.kernel.errors import TerminalError

pytestmark = pytest.mark.django_db
REST = "at, user, via, verb, about, about_number, numbers, request, previous, hash"


def test_entries_are_numbered_and_chained() -> None:
    seen(3)
    entries = list(AuditEntry.objects.order_by("number"))
    assert [entry.number for entry in entries] == [1, 2, 3]
    assert entries[0].previous == "0" * 64
    assert [entry.previous for entry in entries[1:]] == [entry.hash for entry in entries[:2]]
    assert verify().whole


def test_an_entry_takes_one_insert(django_assert_num_queries: Any) -> None:
    seen(1)
    with django_assert_num_queries(4):  # savepoint of the test's transaction, end of the chain, insert, release
        seen(1)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE {} SET verb = 'exported'",
        "UPDATE {} SET number = 9",
        "UPDATE OR IGNORE {} SET user = 9",
        "UPDATE OR REPLACE {} SET number = 2 WHERE number = 1",
        "DELETE FROM {}",
        "INSERT OR REPLACE INTO {0} SELECT 1, {1} FROM {0} WHERE number = 2",
        "INSERT INTO {0} SELECT 0, {1} FROM {0} WHERE number = 1",
    ],
)
def test_the_database_refuses_to_change_the_trail(change: str) -> None:
    seen(2)
    before = list(AuditEntry.objects.order_by("number").values())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(audit_guard.TABLE, REST))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(number=1).delete()
    assert list(AuditEntry.objects.order_by("number").values()) == before


def test_missing_guards_are_noticed() -> None:
    assert audit_guard.is_guarded(connection)
    with unguarded():
        assert not audit_guard.is_guarded(connection)
    assert audit_guard.is_guarded(connection)


def test_what_somebody_changed_behind_the_guards_is_named() -> None:
    seen(5)
    with unguarded():
        AuditEntry.objects.filter(number=3).update(user=2)
    fault = verify().fault
    assert fault is not None
    assert fault.number == 3


def test_what_somebody_removed_behind_the_guards_is_named() -> None:
    seen(5)
    with unguarded():
        AuditEntry.objects.filter(number=4).delete()
    fault = verify().fault
    assert fault is not None
    assert fault.number == 4


def test_old_entries_go_on_record_and_the_rest_stays_whole() -> None:
    seen(10)
    noted = AuditEntry.objects.get(number=10).hash
    assert trim(Who(3, Via.PAGE), MORNING + timedelta(minutes=6), MORNING + timedelta(days=1)) == 6
    assert list(AuditEntry.objects.order_by("number").values_list("number", flat=True)) == [7, 8, 9, 10, 11]
    verdict = verify(Known(10, noted))
    assert (verdict.whole, verdict.first, verdict.last) == (True, 7, 11)
    last = AuditEntry.objects.get(number=11)
    assert (last.verb, last.user, last.about_number, last.numbers["entries"]) == ("audit.trimmed", 3, 6, 6)


def test_shortened_twice_it_is_still_whole() -> None:
    seen(10)
    trim(Who(), MORNING + timedelta(minutes=3), MORNING + timedelta(days=1))
    trim(Who(), MORNING + timedelta(minutes=6), MORNING + timedelta(days=2))
    assert trim(Who(), MORNING, MORNING + timedelta(days=3)) == 0
    verdict = verify()
    assert (verdict.whole, verdict.first, verdict.entries) == (True, 7, 6)


def test_shortening_lets_nothing_newer_go() -> None:
    seen(10)
    trim(Who(), MORNING + timedelta(minutes=3), MORNING + timedelta(days=1))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(number=5).delete()


@pytest.mark.parametrize("word", ["jane@doe.example", "Jane Doe", "+61 412 345 678", "Zoë", "a" * 121])
def test_words_that_may_be_a_persons_are_not_recorded(word: str) -> None:
    with pytest.raises(NotPlainError):
        record(Who(), EXPORTED, NOTHING, {"filter": word}, MORNING)
    with pytest.raises(NotPlainError):
        record(Who(), EXPORTED, What(word), {}, MORNING)
    assert not AuditEntry.objects.exists()


def test_verbs_are_those_that_pages_have_words_for() -> None:
    with pytest.raises(NotPlainError):
        record(Who(), "lead.sold", NOTHING, {}, MORNING)


@given(number=st.integers(-(2**70), 2**70), count=st.integers(-(2**70), 2**70))
def test_any_number_is_recorded_or_left_out(number: int, count: int) -> None:
    with transaction.atomic():
        entry = record(Who(), EXPORTED, What("lead", number), {"rows": count}, MORNING)
        entry.refresh_from_db()
        assert entry.about_number in (number, None)
        assert verify().whole
        transaction.set_rollback(True)


def test_json_lines_carry_the_chain() -> None:
    seen(4)
    file = BytesIO()
    assert write(fields_in_order(AuditEntry.objects.all()), "jsonl", file) == 4
    lines = [json.loads(line) for line in file.getvalue().splitlines()]
    assert check(lines).head == verify().head


def test_csv_has_a_row_for_each_entry_and_no_formula() -> None:
    seen(2)
    file = BytesIO()
    assert write(fields_in_order(AuditEntry.objects.all()), "csv", file) == 2
    header, first, _ = file.getvalue().decode().splitlines()
    assert header.startswith("number,at,user,via,verb,about")
    assert first.startswith('1,2026-11-23T08:00:00.000000+00:00,1,page,lead.seen,lead,1,"{""status"":200}",r1,')


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_nothing_is_written_for_an_empty_trail_but_a_header(form: str) -> None:
    assert write([], form, BytesIO()) == 0


def test_entries_are_found_by_what_they_are() -> None:
    seen(3, user=1)
    seen(2, user=2, first_at=MORNING + timedelta(days=1))
    record(Who(2), EXPORTED, NOTHING, {"rows": 4}, MORNING + timedelta(days=2))
    assert AuditFilter.of({"user": "2"}).entries().count() == 3
    assert AuditFilter.of({"verb": LEAD_SEEN, "user": "2"}).entries().count() == 2
    assert AuditFilter.of({"about": "lead", "number": "2"}).entries().count() == 2
    assert AuditFilter.of({"since": "2026-11-24", "until": "2026-11-24"}).entries().count() == 2
    assert AuditFilter.of({"until": "2026-11-23"}).entries().count() == 3
    assert AuditFilter.of({}).entries().count() == 6


@pytest.mark.parametrize(
    "words", [{"verb": "x"}, {"user": "jane"}, {"number": "9" * 40}, {"since": "soon"}, {"until": "9999-12-31"}]
)
def test_what_cannot_be_asked_is_said(words: dict[str, str]) -> None:
    with pytest.raises(TerminalError):
        AuditFilter.of(words)


@given(
    words=st.fixed_dictionaries(
        {},
        optional={
            "verb": st.sampled_from([LEAD_SEEN, EXPORTED]),
            "user": st.integers(0, 10**9).map(str),
            "since": st.dates(min_value=MORNING.date()).map(str),
        },
    )
)
def test_a_filter_reads_its_own_words(words: dict[str, str]) -> None:
    words = {name: word for name, word in words.items() if word < "9000" or name != "since"}
    assert AuditFilter.of(words).words == words


def test_the_number_of_a_user_comes_from_an_address_that_there_is() -> None:
    with pytest.raises(TerminalError):
        user_number("nobody@works.example")
    kim = User.objects.create_user("kim@works.example", None)
    assert user_number(" Kim@works.example ") == str(kim.pk)
