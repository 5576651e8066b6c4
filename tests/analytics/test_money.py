"""Money: the rate of the day; CSV read whole, every fault told by its line."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.analytics.money import Rate, rates_of
from leadline.analytics.money_csv import read_rates, read_spend
from leadline.kernel.errors import DocumentError

DAY = date(2026, 5, 1)
days = st.integers(0, 400).map(lambda number: DAY + timedelta(days=number))
rates = st.lists(
    st.builds(Rate, st.sampled_from(["EUR", "SEK"]), days, st.decimals("0.01", "100", places=4)),
    max_size=8,
    unique_by=lambda rate: (rate.currency, rate.from_day),
)


@given(rates, days)
def test_the_rate_that_holds_is_the_latest_that_began(some: list[Rate], day: date) -> None:
    begun = [rate for rate in some if rate.currency == "EUR" and rate.from_day <= day]
    expected = max(begun, key=lambda rate: rate.from_day).rate if begun else None
    assert rates_of("USD", some).rate("EUR", day) == expected


def test_money_is_told_in_whole_cents_and_without_a_rate_not_at_all() -> None:
    some = rates_of("USD", [Rate("EUR", DAY, Decimal("1.105"))])
    assert some.value(Decimal("10.00"), "EUR", DAY) == Decimal("11.05")
    assert some.value(Decimal("0.10"), "EUR", DAY) == Decimal("0.11")
    assert some.value(Decimal("10"), "USD", DAY) == Decimal("10.00")
    assert some.value(Decimal("10"), "EUR", DAY - timedelta(days=1)) is None
    assert some.value(Decimal("10"), "", DAY) is None
    assert some.value(None, "EUR", DAY) is None


def test_spend_is_read_in_any_order_of_columns_with_commas_or_semicolons() -> None:
    rows = read_spend("\ufeffAmount;Day;Channel\r\n12.5;2026-05-01;Paid search\r\n\r\n", "USD")
    assert [(row.day, row.channel, row.campaign, row.amount, row.currency) for row in rows] == [
        (DAY, "Paid search", "", Decimal("12.5"), "USD")
    ]


def test_every_fault_of_a_file_is_told_with_its_line() -> None:
    text = (
        "day,channel,campaign,amount,currency\n2026-13-01,A,x,1,USD\n2026-05-01,,x,1.234,usd\n"
        "2026-05-01,A,x,-1,dollar\n2026-05-01,A\n"
    )
    with pytest.raises(DocumentError) as caught:
        read_spend(text, "USD")
    told = str(caught.value)
    for part in ("Line 2: '2026-13-01' is no day", "Line 3: the channel is missing", "Line 3: the amount '1.234'",
                 "Line 4: the amount '-1'", "Line 4: the currency 'dollar'", "Line 5: it has 2 cells",
                 "Nothing was written"):  # fmt: skip
        assert part in told


def test_a_line_that_is_there_twice_is_a_fault() -> None:
    with pytest.raises(DocumentError, match="Line 4: the same day, channel, campaign as line 2"):
        read_spend("day,channel,amount\n2026-05-01,A,1\n2026-05-02,A,1\n2026-05-01,A,2\n", "USD")


@pytest.mark.parametrize("first", ["day,channel", "day,channel,amount,colour", "day,day,channel,amount"])
def test_the_first_line_must_name_the_columns(first: str) -> None:
    with pytest.raises(DocumentError, match="Line 1 must name the columns"):
        read_spend(f"{first}\n1,2\n", "USD")


def test_a_file_without_lines_is_a_fault() -> None:
    with pytest.raises(DocumentError, match="no lines"):
        read_spend("day,channel,amount\n", "USD")


def test_rates_are_read_and_the_reporting_currency_needs_none() -> None:
    assert read_rates("currency,day,rate\neur,2026-05-01,1.08\n", "USD") == [Rate("EUR", DAY, Decimal("1.08"))]
    with pytest.raises(DocumentError, match="Line 2: USD is the reporting currency"):
        read_rates("currency,day,rate\nUSD,2026-05-01,1\n", "USD")
    with pytest.raises(DocumentError, match="must be above 0"):
        read_rates("currency,day,rate\nEUR,2026-05-01,0\n", "USD")
