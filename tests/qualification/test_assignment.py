"""Who gets a lead: territory by country, capacity, round robin; and countries as people write them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.qualification.assignment import Candidate, Region, Waiting, assign
from leadline.qualification.countries import country_code, country_name, is_country

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
ADA, BO, CY = (Candidate(number, name, None, True, 0, None) for number, name in ((1, "Ada"), (2, "Bo"), (3, "Cy")))
DACH = Region("DACH", frozenset({"DE", "AT", "CH"}), frozenset({1, 2}))
REST = Region("Rest", frozenset(), frozenset({3}))


def owners(countries: list[str], regions: list[Region], sellers: list[Candidate]) -> list[int | None]:
    waiting = [Waiting(lead, country) for lead, country in enumerate(countries)]
    return [each.seller for each in assign(waiting, regions, sellers, NOW)]


def why(country: str, regions: list[Region], sellers: list[Candidate]) -> str:
    return assign([Waiting(1, country)], regions, sellers, NOW)[0].why


def test_the_first_territory_that_has_the_country_decides() -> None:
    assert owners(["Germany", "FR", "Österreich"], [DACH, REST], [ADA, BO, CY]) == [1, 3, 2]
    assert owners(["Germany"], [REST, DACH], [ADA, BO, CY]) == [3]


def test_who_waited_longest_comes_next_then_the_lower_number() -> None:
    rested = replace(BO, last_assigned_at=NOW - timedelta(days=2))
    busy = replace(ADA, last_assigned_at=NOW - timedelta(days=1))
    assert owners(["DE"] * 3, [DACH], [busy, rested]) == [2, 1, 2]
    assert owners(["DE"] * 3, [], [BO, CY, ADA]) == [1, 2, 3]


def test_nobody_gets_more_than_fits_or_while_away() -> None:
    full, away = replace(ADA, capacity=3, open=2), replace(BO, available=False)
    assert owners(["DE"] * 3, [DACH], [full, away]) == [1, None, None]
    assert why("DE", [DACH], [replace(full, open=3), away]) == "Everybody in DACH is full"
    assert why("DE", [DACH], [away]) == "Everybody in DACH is away"


def test_why_nobody_was_found() -> None:
    assert why("Brasil", [DACH], [ADA]) == "No territory has Brazil"
    assert why("", [DACH], [ADA]) == "Its country is not known"
    assert why("DE", [DACH], [CY]) == "Nobody sells in DACH"
    assert why("DE", [DACH], [ADA]) == "Round robin in DACH"


SELLERS = st.lists(
    st.builds(
        Candidate,
        st.integers(1, 9),
        st.just(""),
        st.one_of(st.none(), st.integers(0, 4)),
        st.booleans(),
        st.integers(0, 4),
        st.one_of(st.none(), st.integers(0, 9).map(lambda days: NOW - timedelta(days=days))),
    ),
    max_size=5,
    unique_by=lambda seller: seller.number,
)
COUNTRIES = st.lists(st.sampled_from(["DE", "Germany", "FR", ""]), max_size=12)


@given(COUNTRIES, SELLERS, st.sampled_from([[], [DACH], [DACH, REST]]))
def test_assigning_is_deterministic_and_keeps_capacities(
    countries: list[str], sellers: list[Candidate], regions: list[Region]
) -> None:
    found = owners(countries, regions, sellers)
    assert found == owners(countries, regions, sellers[::-1])
    for seller in sellers:
        given_ = found.count(seller.number)
        assert given_ == 0 or (
            seller.available and (seller.capacity is None or seller.open + given_ <= seller.capacity)
        )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *((text, "DE") for text in ("Germany", "DE", "de", " Deutschland ", "DEU", "GERMANY")),
        *((text, "GB") for text in ("United Kingdom", "UK", "U.K.", "the united kingdom", "England")),
        *((text, "US") for text in ("USA", "U.S.A.", "United States", "america")),
        *((text, "CI") for text in ("Côte d'Ivoire", "cote d ivoire", "Ivory Coast")),
        ("Österreich", "AT"),
        ("The Netherlands", "NL"),
        ("Atlantis", "atlantis"),
        ("", ""),
    ],
)
def test_countries_are_compared_however_they_are_written(text: str, code: str) -> None:
    assert country_code(text) == code


def test_a_country_has_a_name() -> None:
    assert (country_name("deu"), country_name("Atlantis")) == ("Germany", "Atlantis")
    assert is_country("Norge")
    assert not is_country("Atlantis")


def test_rounds_go_on_from_tick_to_tick() -> None:
    """Three leads a tick between two: who came last in one tick is not first in the next."""
    sellers, found = {each.number: each for each in (ADA, BO)}, []
    for tick in range(4):
        at = NOW + timedelta(seconds=tick)
        for made in assign([Waiting(lead, "DE") for lead in range(3)], [DACH], sellers.values(), at):
            assert made.seller is not None
            sellers[made.seller] = replace(sellers[made.seller], last_assigned_at=made.at)
            found.append(made.seller)
    assert found == [1, 2] * 6


def test_a_clock_that_is_behind_changes_no_turn() -> None:
    sellers = [replace(ADA, last_assigned_at=NOW + timedelta(seconds=9)), replace(BO, last_assigned_at=NOW)]
    made = assign([Waiting(1, "DE"), Waiting(2, "DE")], [DACH], sellers, NOW)
    assert [each.seller for each in made] == [2, 1]
