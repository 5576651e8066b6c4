"""Few identities are looked for one by one and many by a join: both find the same rows."""

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.eventstore.identity_rows import FEW, rows_of


@pytest.fixture(scope="module")
def cursor() -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    made.execute("CREATE TABLE told AS SELECT range % 40 AS identity, range AS number FROM range(400)")
    return made


@given(identities=st.lists(st.integers(0, 45), max_size=3 * FEW))
def test_all_rows_of_the_identities_and_no_others_once_each(
    cursor: duckdb.DuckDBPyConnection, identities: list[int]
) -> None:
    found = cursor.execute(f"SELECT number FROM ({rows_of('told', identities)}) ORDER BY 1").fetchall()  # noqa: S608  # numbers
    assert [number for (number,) in found] == [number for number in range(400) if number % 40 in identities]
