"""The pure parts of Odoo's connector: what its answers mean, where a pull stands, values there and back."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.crm.connectors.odoo import notes
from leadline.crm.connectors.odoo.cursor import CLOCKS_APART, LONGEST_REQUEST, Cursor
from leadline.crm.connectors.odoo.loading import read_answer
from leadline.crm.connectors.odoo.values import Kind, from_odoo, to_odoo
from leadline.crm.errors import RejectedError

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECONDS = st.integers(0, 10**6)


def message(row: int, words: str, field: str = "") -> dict[str, object]:
    return {"type": "error", "rows": {"from": row, "to": row}, "message": words, **({"field": field} if field else {})}


def test_what_was_kept_has_a_number_for_each_row() -> None:
    assert read_answer({"ids": [3, 4], "messages": []}).ids == (3, 4)


@pytest.mark.parametrize(
    "words",
    [
        "could not serialize access due to concurrent update\n",
        'duplicate key value violates unique constraint "ir_model_data_module_name_uniq_index"',
        "deadlock detected",
    ],
)
def test_somebody_having_been_faster_is_no_refusal(words: str) -> None:
    found = read_answer({"ids": False, "messages": [message(0, words), message(1, words)]})
    assert found.busy
    assert not found.refused


def test_what_befell_the_batch_is_not_blamed_on_its_first_row() -> None:
    """Odoo says the batch's own error of row 0 as well."""
    found = read_answer({"ids": False, "messages": [message(0, "No such thing"), message(4, "No such thing")]})
    assert set(found.refused) == {4}
    assert set(read_answer({"ids": False, "messages": [message(0, "No such thing")]}).refused) == {0}


def test_nothing_kept_and_nobody_blamed_is_an_error() -> None:
    with pytest.raises(RejectedError, match="Too many"):
        read_answer({"ids": False, "messages": [{"type": "warning", "message": "Too many errors"}]})


@given(st.lists(st.tuples(SECONDS, SECONDS), min_size=1, max_size=20))
def test_a_pass_never_begins_after_what_may_still_come_to_light(passes: list[tuple[int, int]]) -> None:
    """Whatever was written within the longest request before a pass began is told by the next one."""
    cursor = Cursor.beginning(NOW)
    now = NOW
    for wait, age in passes:
        now += timedelta(seconds=wait)
        cursor = Cursor.read(cursor.text).met(now)
        assert cursor.began == now
        before, cursor = cursor.since, cursor.finished(now - timedelta(seconds=age))
        assert cursor.since <= now - LONGEST_REQUEST
        assert cursor.since >= max(before, now - CLOCKS_APART), "nor does it tell everything again for ever"


@given(SECONDS)
def test_a_cursor_is_kept_as_text(seconds: int) -> None:
    cursor = Cursor(NOW, NOW + timedelta(seconds=seconds), NOW, last=seconds)
    assert Cursor.read(cursor.text) == cursor


PLAIN = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1).filter(
    lambda t: t == t.strip()
)


@given(PLAIN)
def test_words_in_html_are_read_as_they_were_written(text: str) -> None:
    kind = Kind("html")
    assert from_odoo(to_odoo(text, kind), kind, {}) == text


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # hypothesis' own
def test_moments_are_naive_utc_in_whole_seconds(moment: datetime) -> None:
    kind = Kind("datetime")
    assert from_odoo(to_odoo(moment, kind), kind, {}) == moment.replace(microsecond=0)


@given(st.decimals(-(10**9), 10**9, places=2))
def test_amounts_are_exact(amount: Decimal) -> None:
    kind = Kind("monetary")
    there = float(to_odoo(amount, kind))
    assert from_odoo(there, kind, {}) == amount or not amount


def test_notes_say_from_where_they_were_moved() -> None:
    rows = [
        {"res_id": 2, "message_id": "<1.2-openerp-1-crm.lead@host>"},
        {"res_id": 2, "message_id": "<1.2-openerp-2-crm.lead@host>"},
        {"res_id": 2, "message_id": "<1.2-openerp-1-res.partner@host>"},
        {"res_id": 2, "message_id": False},
    ]
    assert notes.swallowed(rows) == {2: ("1",)}


@given(st.from_regex(r"[A-Za-z0-9-]{1,64}", fullmatch=True))
def test_a_note_is_named_after_its_lead(name: str) -> None:
    assert notes.name_of(notes.message_id(name)) == name
