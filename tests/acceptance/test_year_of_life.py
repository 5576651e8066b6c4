"""A year of a few people's lives: every stored score and stage comes out again, also from nothing.

Bound: fifteen minutes. One life: shorter ones are drawn in `tests/pipeline/test_replay.py`; a year is for windows that
end, for decay, and for rules that change many times.
"""

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parents[1] / "pipeline"))

from pipeline_cast import Installation
from replay_checks import (
    assert_a_rebuild_changes_nothing,
    assert_others_replay_after_an_erasure,
    assert_scores_replay,
    assert_stages_replay,
)
from year_cast import life, live

from leadline.eventstore.database import fetch_int
from leadline.qualification.models import SalesAction
from leadline.scoring.models import RulesetActivation
from leadline.tracking.models import IdentityClaim

SEED = 1


def test_a_year_comes_out_again(
    tmp_path: Path,
    settings: Any,
    db: None,  # noqa: ARG001  # the database is what it is for
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.DATA = tmp_path / "data"
    place = Installation(settings.DATA)
    try:
        live(place, life(SEED, 365, rate=0.8), monkeypatch, lambda at: at.day % 3 != 0)
        assert_it_was_a_life(place)
        rows, moves = assert_scores_replay(place), assert_stages_replay(place)
        print(f"\n{rows} score rows and {moves} moves of a year came out again")  # noqa: T201
        assert rows > 1_000
        assert moves > 20
        assert_a_rebuild_changes_nothing(place)
        assert_others_replay_after_an_erasure(place)
    finally:
        place.engine.close()


def assert_it_was_a_life(place: Installation) -> None:
    """What makes a replay hard has happened."""
    by_hand = IdentityClaim.objects.filter(by_hand=True)
    counts = {
        "merges by hand": by_hand.count(),
        "unmerges": IdentityClaim.objects.exclude(revoked_at=None).count(),
        "rulesets put in force": RulesetActivation.objects.count() - 1,
        "words of sales": SalesAction.objects.count(),
    }
    with place.engine.store.cursor() as cursor:
        for name, query in STORED.items():
            counts[name] = fetch_int(cursor, query)
    assert min(counts.values()) > 0, counts
    print(counts)  # noqa: T201


STORED = {
    "late events": "SELECT count(*) FROM events WHERE received_at > occurred_at + INTERVAL 1 DAY",
    "traits that went": "SELECT count(*) FROM traits WHERE NOT present",
    "identities that moved": "SELECT count(DISTINCT identity) FROM edges JOIN edges AS other USING (identity) "
    "WHERE edges.lead <> other.lead",
    "segments": "SELECT count(*) FROM segments",
}
