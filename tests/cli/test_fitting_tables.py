"""Rows that fit the terminal: nothing of them is cut, whatever its width."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from leadline.cli import fitting

HEADINGS = ("Connection", "Where", "What it said")
ROWS = [("odoo", "https://odoo.example/web?record=1203", "Refused: no such field"), ("erp", "-", "Taken")]


def _at(width: int, monkeypatch: pytest.MonkeyPatch, folded: tuple[str, ...] = ()) -> list[str]:
    console = Console(width=width, record=True, file=None, quiet=False)
    monkeypatch.setattr(fitting, "console", console)
    with console.capture() as told:
        fitting.print_rows(HEADINGS, ROWS, folded)
    return told.get().splitlines()


def test_rows_are_a_table_where_it_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = _at(100, monkeypatch)
    assert any("odoo" in line and "https://odoo.example/web?record=1203" in line for line in lines)
    assert max(map(len, lines)) <= 100


def test_a_row_is_told_below_its_name_where_a_table_does_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = _at(60, monkeypatch)
    assert lines[0] == "odoo"
    assert " ".join(lines[1:3]) == "  Where: https://odoo.example/web?record=1203, What it said: Refused: no such field"
    assert "…" not in "".join(lines)


def test_addresses_may_be_broken_so_that_the_table_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = _at(60, monkeypatch, ("Where",))
    assert lines[0].startswith("┏")
    assert max(map(len, lines)) <= 60
    assert "…" not in "".join(lines)


@given(
    st.lists(st.tuples(st.integers(1, 20), st.integers(0, 60)), min_size=1, max_size=8),
    st.integers(20, 200),
)
def test_columns_fill_the_terminal_and_no_more(columns: list[tuple[int, int]], width: int) -> None:
    least, full = [few for few, _ in columns], [few + more for few, more in columns]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(fitting, "console", Console(width=width))
        if not fitting.fits(least):
            return
        widths = fitting.widened(least, full)
    room = width - 3 * len(columns) - 1
    assert all(few <= wide <= whole for few, wide, whole in zip(least, widths, full, strict=True))
    assert sum(widths) <= room
    assert sum(widths) == sum(full) or sum(widths) > room - len(columns)
