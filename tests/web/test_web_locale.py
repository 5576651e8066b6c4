"""Numbers are written as the reader's language writes them; the words stay English."""

from decimal import Decimal

import pytest
from django.test import Client

from leadline.analytics.report import ValueKind
from leadline.analytics.written import write
from leadline.kernel.figures import ENGLISH, Signs, grouped, written_with
from leadline.web.locale import signs_of
from leadline.web.words import capped, counted

GERMAN = Signs(",", ".")


@pytest.mark.parametrize(
    ("header", "signs"),
    [
        ("", ENGLISH),
        ("en-US,en;q=0.9", ENGLISH),
        ("de-AT,de;q=0.9,en;q=0.5", GERMAN),
        ("xx,de", GERMAN),
        ("fr", Signs(",", "\N{NO-BREAK SPACE}")),
        ("*", ENGLISH),
        ("../../etc;q=x", ENGLISH),
    ],
)
def test_the_first_language_that_is_known_counts(header: str, signs: Signs) -> None:
    assert signs_of(header) == signs


def test_every_number_has_the_signs_that_hold() -> None:
    with written_with(GERMAN):
        assert write(1234567, ValueKind.COUNT) == "1.234.567"
        assert write(0.221, ValueKind.SHARE) == "22,1%"
        assert write(Decimal("1234.50"), ValueKind.MONEY, "USD") == "$1.234"
        assert (capped(1204, 10_000), counted(1204, "seat")) == ("1.204", "1.204 seats")
    assert grouped(1234.5, 1) == "1,234.5"


def test_a_page_varies_with_the_language(browser: Client) -> None:
    assert "Accept-Language" in browser.get("/call-next").headers["Vary"]
