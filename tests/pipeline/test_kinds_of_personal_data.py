"""No model, table or file holds personal data without a kind that shows it, takes it away and counts what is left."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.apps import apps
from person_cast import NOW, colleague, live, person
from pipeline_cast import MONDAY, Installation

from leadline.accounts.models import User
from leadline.eventstore.personal_rows import IN_MEMORY, all_tables, count_about
from leadline.pipeline.demonstration import begin, catch_up
from leadline.pipeline.privacy.at_work import working_on
from leadline.pipeline.privacy.files import label_of
from leadline.pipeline.privacy.registry import all_kinds, kinds_of
from leadline.privacy.kinds import DataKind, Subject, Whose, covered
from leadline.privacy.retention_rules import RULES

LEADS = kinds_of(Whose.LEADS)
UNSHOWN = ("events.memory", "privacy.erased", "privacy.erasures", "accounts.trail")
USERS = kinds_of(Whose.USERS)
SHOWN = [kind for kind in LEADS if kind.name not in UNSHOWN]
"""What a person of the cast has. The audit trail is written by pages, the ledger by an erasure."""
MODELS = sorted(model._meta.label for model in apps.get_models(include_auto_created=True))


@pytest.fixture(autouse=True)
def on_that_day() -> Iterator[None]:
    """Emptying the spool loads it now: each midnight since then would be evaluated."""
    with time_machine.travel(NOW):
        yield


@pytest.mark.parametrize("label", MODELS)
def test_every_model_is_covered(label: str) -> None:
    assert label in covered(), f"{label} needs a kind in its stage's personal.py, or not_personal with the reason."


def test_nothing_is_covered_that_is_not_there(place: Installation) -> None:
    beyond = {"socialaccount.SocialAccount", "socialaccount.SocialApp", "socialaccount.SocialToken"}
    there = {*MODELS, *beyond, *_tables(place), *(table.name.replace(".main", "") for table in IN_MEMORY)}
    named = {label for label in covered() if not label.startswith(("files.", "memory."))}
    assert named <= there


def test_every_table_and_file_of_a_demonstration_is_covered(place: Installation) -> None:
    catch_up(place.engine, begin(place.engine.data, MONDAY, people=8, days=4), MONDAY, lambda *_: None)
    live(place, "ada")
    assert set(_tables(place)) <= set(covered())
    files = {path.name: label_of(path.name) for path in place.engine.data.iterdir()}
    assert {name for name, label in files.items() if label not in covered()} == set()


def test_every_table_in_memory_is_named_by_its_own_column(place: Installation) -> None:
    live(place, "ada")
    with place.engine.store.cursor() as cursor:
        for table in IN_MEMORY:
            if f"memory.{table.name.rsplit('.', 1)[1]}" in all_tables(cursor):
                assert count_about(cursor, table, (), ()) == 0


@pytest.fixture
def two(place: Installation) -> Iterator[tuple[Subject, Subject]]:
    live(place, "ada", "bo")
    with working_on(place.engine):
        yield person(place, "ada"), person(place, "bo")


def test_each_kind_shows_what_is_held_and_what_only_that_person_has(two: tuple[Subject, Subject]) -> None:
    ada, _ = two
    for kind in SHOWN:
        shown = list(kind.export(ada))
        assert shown, kind.name
        assert kind.remains(ada) > 0, kind.name
        text = json.dumps(shown)
        assert not any(name in text for name in ("bo@", "user-bo", "browser-bo")), kind.name
    everything = json.dumps([list(kind.export(ada)) for kind in LEADS])
    assert all(name in everything for name in ("ada@ada-works.example", "user-ada", "browser-ada", "ada Canary"))


def test_each_kind_is_taken_away_and_leaves_the_neighbour_alone(two: tuple[Subject, Subject]) -> None:
    ada, bo = two
    spool, *others = _in_order()
    assert spool.erase(ada) == 1
    before = _held(bo)
    for kind in others:
        held = kind.remains(ada)
        erased = kind.erase(ada)
        assert kind.remains(ada) == 0, kind.name
        assert erased >= (held and 1), kind.name
        assert kind.erase(ada) == 0, kind.name
    assert {kind.name: list(kind.export(ada)) for kind in SHOWN if kind.name != "privacy.requests"} == {
        kind.name: [] for kind in SHOWN if kind.name != "privacy.requests"
    }
    assert _held(bo) == before


def test_nothing_of_an_erased_person_stands_in_any_column(place: Installation) -> None:
    live(place, "ada", "bo")
    with working_on(place.engine):
        ada = person(place, "ada")
        next(iter(_in_order())).erase(ada)
        assert {"tracking.Profile", "crm.Link", "notifications.Notice", "analytics.SavedView"} <= _naming("ada")
        among_bo = _naming("bo")
        for kind in _in_order():
            kind.erase(ada)
    assert _naming("ada") == set()
    assert _naming("bo") == among_bo


def _naming(name: str) -> set[str]:
    """Models with a row that holds a name in any column, sealed ones opened."""
    word = re.compile(rf"(?i)\b{name}\b")
    return {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        for row in model._default_manager.values()
        if any(word.search(str(value)) for value in row.values())
    }


def test_somebody_who_signs_in_is_shown_and_taken_away(place: Installation) -> None:
    ann, ben = colleague("ann"), colleague("ben")
    with working_on(place.engine):
        before = _held(ben, USERS)
        for kind in USERS:
            assert list(kind.export(ann)), kind.name
            held, erased = kind.remains(ann), kind.erase(ann)
            assert (kind.remains(ann), erased >= (held and 1)) == (0, True), kind.name
        assert _held(ben, USERS) == before
        left = json.dumps(_held(ann, USERS))
    assert not any(text in left for text in ("ann@", "Ann", "secret", "10.0.0.1"))
    assert not User.objects.get(pk=ann.users[0]).is_active


def _in_order() -> list[DataKind]:
    """The spool first, for it loads; then records, then events."""
    return sorted(LEADS, key=lambda kind: (kind.name != "files.spool", kind.name.startswith("events."), kind.name))


def _held(subject: Subject, kinds: list[DataKind] = LEADS) -> dict[str, Any]:
    """Everything but what waits in the spool and what loading it makes."""
    unsteady = ("files.spool", "events.memory")
    return {kind.name: list(kind.export(subject)) for kind in kinds if kind.name not in unsteady}


def _tables(place: Installation) -> list[str]:
    with place.engine.store.cursor() as cursor:
        return all_tables(cursor)


def test_kinds_say_what_documents_need() -> None:
    for kind in all_kinds():
        assert all((kind.title, kind.basis, kind.covers)), kind.name
        assert all(text.endswith(".") for text in (kind.holds, kind.purpose)), kind.name
        assert kind.retention in ("", *RULES), kind.name
