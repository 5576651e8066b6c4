"""Numbers in addresses and forms are read, or they are none; they are never an error."""

from hypothesis import given
from hypothesis import strategies as st

from leadline.kernel.typed_numbers import HIGHEST, number_of


@given(st.integers(0, HIGHEST))
def test_every_number_that_the_record_store_takes_is_read(number: int) -> None:
    assert number_of(str(number)) == number


@given(st.text() | st.integers(HIGHEST + 1).map(str) | st.integers(max_value=-1).map(str))
def test_anything_else_is_none(text: str) -> None:
    assert number_of(text) is None or (text.isascii() and text.isdecimal() and int(text) <= HIGHEST)


def test_more_digits_than_python_reads_are_none() -> None:
    assert number_of("9" * 5_000) is None
    assert number_of("9" * 5_000, 12) is None
    assert number_of("13", 12) is None
