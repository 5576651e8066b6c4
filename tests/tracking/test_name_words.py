"""People are found by the words of their names and the beginnings of these, and by nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.kernel.clock import utc_now
from leadline.tracking.models import Lead, NameWord
from leadline.tracking.name_index import digests_of, index_missing, index_names, leads_named
from leadline.tracking.name_words import LONGEST, SHORTEST, beginnings, fits, names_of, words_of

WORDS = st.text(st.characters(categories=("Lu", "Ll")), min_size=1, max_size=14)
NAMES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)


def test_words_are_without_case_accents_and_apostrophes() -> None:
    assert words_of("  María-José  O'Brien, Dr. Müßig ") == ["maria", "jose", "obrien", "dr", "mussig"]
    assert words_of("Søren Łukasz Ægir") == ["soren", "lukasz", "aegir"]


def test_words_of_any_script_are_words() -> None:
    assert words_of("Анна Ёлкина") == ["анна", "елкина"]
    assert words_of("李明 Li") == ["李明", "li"]
    assert words_of("अनिल") == words_of("अनिल ")


@pytest.mark.parametrize("text", ["", "  ", "J. R.", "42", "+49 30", "--"])
def test_what_has_no_word_has_none(text: str) -> None:
    assert words_of(text) == []


@given(NAMES)
def test_making_words_of_words_changes_nothing(name: str) -> None:
    assert words_of(" ".join(words_of(name))) == words_of(name)


@given(NAMES, st.data())
def test_each_beginning_of_each_word_fits_and_nothing_else_does(name: str, data: st.DataObject) -> None:
    names = names_of({"name": name})
    asked = data.draw(st.sampled_from([*words_of(name), "zzz"]) | WORDS)
    for word in words_of(asked):
        expected = any(each.startswith(word) if len(word) >= SHORTEST else each == word for each in names)
        assert fits(names, [word]) == expected


@given(WORDS)
def test_every_beginning_of_three_to_eight_letters_is_kept_once(word: str) -> None:
    kept = beginnings(word)
    assert all(word.startswith(each) and len(each) <= LONGEST for each in kept)
    assert len(kept) == (len(range(SHORTEST, min(len(word), LONGEST) + 1)) or 1)


def lead(name: str, **card: str) -> Lead:
    now = utc_now()
    made = Lead.objects.create(card={"name": name, **card}, known=True, first_seen_at=now, last_seen_at=now)
    index_missing([made])
    return made


PEOPLE = ("Maria Fernández", "Mario Fernandes", "Alexandrina Popescu", "Alexandra Pop", "Bo Li", "Lisa Bonner")


@pytest.fixture
def people(db: None) -> dict[int, str]:  # noqa: ARG001  # the record store
    return {lead(name).pk: name for name in PEOPLE}


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("mar", ["Maria Fernández", "Mario Fernandes"]),
        ("MARIA fern", ["Maria Fernández"]),
        ("fernandez maria", ["Maria Fernández"]),
        ("fernande", ["Maria Fernández", "Mario Fernandes"]),
        ("alexandr", ["Alexandrina Popescu", "Alexandra Pop"]),
        ("alexandri", ["Alexandrina Popescu"]),
        ("alexandrinaa", []),
        ("alexandra p.", ["Alexandra Pop"]),
        ("li", ["Bo Li"]),
        ("bo", ["Bo Li"]),
        ("ma", []),
        ("ria", []),
        ("mar pop", []),
        ("a", []),
        ("", []),
    ],
)
def test_a_search_finds_whose_words_begin_so(people: dict[int, str], search: str, found: list[str]) -> None:
    assert [people[number] for number in leads_named(search)] == found


def test_first_and_last_name_count_too(db: None) -> None:  # noqa: ARG001  # the record store
    ada = lead("A. L.", first_name="Ada", last_name="Lovelace")
    assert leads_named("lovel ada") == [ada.pk]


def test_a_name_that_changed_is_found_by_the_new_one_alone(people: dict[int, str]) -> None:
    number = leads_named("lisa")[0]
    old, new = names_of({"name": people[number]}), names_of({"name": "Lisa Maier"})
    index_names({number: new}, {number: old})
    assert leads_named("bonner") == []
    assert leads_named("lisa mai") == [number]
    index_names({number: frozenset()}, {number: new})
    assert not NameWord.objects.filter(lead=number).exists()


def test_what_is_stored_are_numbers_of_no_name(people: dict[int, str]) -> None:
    number = leads_named("bo")[0]
    stored = set(NameWord.objects.filter(lead=number).values_list("digest", flat=True))
    assert stored == set(digests_of(names_of({"name": people[number]})))
    assert len(stored) == 2


@pytest.mark.django_db
def test_an_endless_name_makes_no_endless_rows() -> None:
    made = lead(" ".join(f"{chr(97 + n)}bcdefghijklmnop" for n in range(26)) * 5)
    assert NameWord.objects.filter(lead=made).count() <= 12 * 6
