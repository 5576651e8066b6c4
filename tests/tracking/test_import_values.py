"""Cells of tables as values: what is understood, and that the rest stays as it came."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.tracking.mapping_values import KINDS, Style, TimeStyle, plain, timestamp, typed

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("string", " quote-7 ", "quote-7"),
        ("string", 5.0, "5"),
        ("string", 7, "7"),
        ("number", "12", 12),
        ("number", "12.50", 12.5),
        ("number", "1,234,567.5", 1_234_567.5),
        ("number", "$1,000", 1000),
        ("number", "-3", -3),
        ("number", "900 EUR", 900),
        ("number", "1e3", 1000.0),
        ("number", Decimal("7.25"), 7.25),
        ("number", "1,5", "1,5"),
        ("number", "1e999", "1e999"),
        ("number", "nan", "nan"),
        ("number", "about 5", "about 5"),
        ("number", "1" * 60, "1" * 60),
        ("number", "9223372036854775808", "9223372036854775808"),
        ("integer", "4.0", 4),
        ("integer", "4.5", 4.5),
        ("boolean", "Yes", True),
        ("boolean", "0", False),
        ("boolean", 1, True),
        ("boolean", "perhaps", "perhaps"),
        ("list", "a; b;;c", ["a", "b", "c"]),
        ("list", '["a", 1]', ["a", 1]),
        ("list", 5, [5]),
        ("json", '{"a": [1]}', {"a": [1]}),
        ("json", "{oops", "{oops"),
        ("email", "Jane Doe (Jane@Acme.example); Bob", "jane@acme.example"),
        ("email", "nobody", None),
        ("", 5, 5),
        ("", date(2026, 1, 2), "2026-01-02"),
    ],
)
def test_a_cell_becomes_a_value_of_its_kind_or_stays_as_it_is(kind: str, cell: Any, value: Any) -> None:
    found = typed(cell, kind)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("cell", "value"),
    [("1.234,50", 1234.5), ("1 200,50", 1200.5), ("12", 12), ("1,5", 1.5), ("1.234", 1234), ("€ 7,00", 7.0)],
)
def test_a_decimal_comma_is_read_where_it_is_announced(cell: str, value: float) -> None:
    assert typed(cell, "number", Style(decimal=",")) == value


@given(st.sampled_from([*KINDS, ""]), st.text(max_size=60))
def test_no_text_is_too_odd_for_any_kind(kind: str, cell: str) -> None:
    typed(cell, kind)


@given(st.integers(-(2**63), 2**63 - 1))
def test_a_whole_number_survives_its_text(number: int) -> None:
    assert typed(str(number), "number") == typed(str(number), "integer") == number
    assert typed(f"{number:,}", "number") == number


@pytest.mark.parametrize(
    ("style", "cell", "moment"),
    [
        (TimeStyle(), "2026-05-04T10:00:00Z", "2026-05-04T10:00:00Z"),
        (TimeStyle(zone=LONDON), "2026-05-04 10:00", "2026-05-04T09:00:00+00:00"),
        (TimeStyle(zone=LONDON), "2026-05-04T10:00:00-04:00", "2026-05-04T10:00:00-04:00"),
        (TimeStyle(("%d/%m/%Y",), LONDON), "04/05/2026", "2026-05-03T23:00:00+00:00"),
        (TimeStyle(("iso", "%m/%d/%Y")), "05/04/2026", "2026-05-04T00:00:00+00:00"),
        (TimeStyle(("epoch_s",)), "1777888800", "2026-05-04T10:00:00+00:00"),
        (TimeStyle(("epoch_s",)), 1777888800.25, "2026-05-04T10:00:00.250000+00:00"),
        (TimeStyle(("epoch_ms",)), "1777888800123", "2026-05-04T10:00:00.123000+00:00"),
        (TimeStyle(zone=LONDON), datetime(2026, 5, 4, 10), "2026-05-04T09:00:00+00:00"),  # noqa: DTZ001  # as Parquet has it
        (TimeStyle(zone=LONDON), datetime(2026, 5, 4, 10, tzinfo=UTC), "2026-05-04T10:00:00+00:00"),
        (TimeStyle(), date(2026, 5, 4), "2026-05-04T00:00:00+00:00"),
        (TimeStyle(("%d/%m/%Y",)), "last week", "last week"),
        (TimeStyle(("epoch_ms",)), "1e400", "1e400"),
    ],
)
def test_times_are_read_as_their_style_says(style: TimeStyle, cell: Any, moment: str) -> None:
    assert timestamp(cell, style) == moment


def test_what_json_has_no_word_for_becomes_something_it_has() -> None:
    assert plain({"a": [Decimal("1.50"), float("nan"), b"x"], 2: datetime(2026, 5, 4, tzinfo=UTC)}) == {
        "a": [1.5, None, "x"],
        "2": "2026-05-04T00:00:00+00:00",
    }
