"""Every stored score comes out again from what was known when it was stored; every stage as well."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pipeline_cast import MONDAY, Installation, days, identify, page, track, user, visitor
from replay_checks import (
    REBUILT,
    assert_a_rebuild_changes_nothing,
    assert_others_replay_after_an_erasure,
    assert_scores_replay,
    assert_stages_replay,
)
from year_cast import life, live

from leadline.pipeline.commands import dispatch
from leadline.pipeline.rebuilding import rebuild
from leadline.pipeline.replay import history, score_as_known
from leadline.scoring import service

Make = Any


def always(at: datetime) -> bool:  # noqa: ARG001
    return True


def seldom(at: datetime) -> bool:
    return at.day % 5 == 0


@contextmanager
def forgotten() -> Iterator[None]:
    """What the record store learns inside is forgotten."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


NAMES = count()


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_every_score_and_stage_of_a_life_comes_out_again_and_from_nothing(
    make: Make, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    with forgotten():
        place = make(f"life-{next(NAMES)}")
        live(place, life(seed, 8, rate=3), monkeypatch, always)
        assert assert_scores_replay(place) > 0
        assert_stages_replay(place)
        assert_a_rebuild_changes_nothing(place)
        assert_others_replay_after_an_erasure(place)


def test_ticks_cut_anywhere_give_the_same_scores_and_moves(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for name, ticks in (("always", always), ("seldom", seldom)):
        with forgotten():
            place = make(name)
            live(place, life(21, 8, rate=3), monkeypatch, ticks)
            stored = place.stored()
            found.append({name: stored[name] for name in (*REBUILT, "Lead", "Conversion", "evaluations")})
    for name in found[0]:
        assert found[0][name] == found[1][name], name
    assert found[0]["Transition"]


def test_a_late_event_changes_what_is_known_now_and_not_what_was_known(place: Installation) -> None:
    ada = user("ada")
    place.receive(MONDAY, identify(ada, MONDAY, email="ada@works.example"))
    place.receive(MONDAY + days(3), track(ada, "Tool Used", MONDAY, tool="calculator", completed=True))
    lead, day = place.lead("user-ada").pk, MONDAY.date()
    then = score_as_known(place.engine, lead, day, MONDAY + days(1))
    now = score_as_known(place.engine, lead, day)
    assert then.total_micro < now.total_micro
    told = dispatch(
        place.engine,
        "score_lead",
        {"lead": "user-ada", "as_of": day.isoformat(), "known_at": (MONDAY + days(1)).isoformat()},
        lambda *_: None,
    )
    assert told["total"] == then.total
    assert told["stamp"] == {
        "as_of": "2026-05-04",
        "known_at": "2026-05-05T09:00:00+00:00",
        "load_seq": 1,
        "edge_id": told["stamp"]["edge_id"],
        "ruleset": place.engine.ruleset.number,
        "permitted": True,
    }


def test_a_draft_may_be_asked_what_it_would_have_said(place: Installation) -> None:
    place.receive(MONDAY, track(user("ada"), "Quote Requested", MONDAY, quote_id="q", seats=4))
    text = service.document_of("offshore-staffing")
    draft = service.save_draft("more for conversion", text.replace("weight: 60", "weight: 90"), by="test")
    lead = place.lead("user-ada").pk
    with_draft = score_as_known(place.engine, lead, MONDAY.date(), MONDAY, f"draft:{draft.pk}")
    assert with_draft.number == 0
    assert with_draft.total_micro > score_as_known(place.engine, lead, MONDAY.date(), MONDAY).total_micro


def test_somebody_who_was_merged_away_has_the_scores_of_before(place: Installation) -> None:
    place.receive(MONDAY, track(visitor("ada"), "Tool Used", MONDAY, tool="calculator", completed=True))
    alone = place.home("browser-ada").pk
    later = MONDAY + days(1)
    place.receive(later, page(user("ada", "ada"), later))
    assert score_as_known(place.engine, alone, MONDAY.date(), MONDAY).total_micro > 0
    assert score_as_known(place.engine, alone, later.date()).total_micro == 0
    merged = place.lead("user-ada").pk
    assert {point.lead for point in history(place.engine, merged)} == {alone, merged}


def test_an_installation_without_a_journal_is_rebuilt_from_its_segments(place: Installation) -> None:
    ada = user("ada")
    place.receive(MONDAY, identify(ada, MONDAY, email="ada@works.example"))
    place.receive(MONDAY + days(2), track(ada, "Quote Requested", MONDAY + days(2), quote_id="q", seats=4))
    before = place.stored()
    with place.engine.store.cursor() as cursor:
        cursor.execute("DELETE FROM evaluations")
    rebuild(place.engine)
    after = place.stored()
    for name in ("Transition", "scores", "cells"):
        assert after[name] == before[name], name
