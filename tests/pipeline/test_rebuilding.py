"""A rebuild that dies, and evaluations between a death and the tick after it."""

from collections.abc import Callable
from typing import Any

import pytest
from pipeline_cast import MONDAY, Installation, days, identify, page, track, user, visitor
from replay_checks import assert_a_rebuild_changes_nothing, assert_scores_replay, assert_stages_replay

from leadline.pipeline import rebuilding, sales, segment, tick
from leadline.pipeline.rebuilding import FOLDER, rebuild


class PowerCutError(Exception):
    """What stops a run."""


def lived(place: Installation) -> None:
    """Two days of somebody who became a user and is to be called."""
    place.receive(MONDAY, page(visitor("ada"), MONDAY))
    at, ada = MONDAY + days(1), user("ada", browser="ada")
    quote = track(ada, "Quote Requested", at, quote_id="q1", seats=4)
    place.receive(at, identify(ada, at, email="ada@works.example"), quote)
    place.receive(at + days(2), track(ada, "Tool Used", at + days(2), tool="calculator", completed=True))


def dying(*_: Any) -> None:
    raise PowerCutError


@pytest.mark.parametrize("process", ["the same process", "a new process"])
@pytest.mark.parametrize("name", ["take_over", "score_all_accounts", "advance"])
def test_a_rebuild_that_dies_changes_nothing_and_is_begun_again(
    place: Installation, monkeypatch: pytest.MonkeyPatch, name: str, process: str
) -> None:
    lived(place)
    before = place.stored()
    with monkeypatch.context() as patch:
        advance: Callable[[int, int], None] | None = dying if name == "advance" else None
        if advance is None:
            patch.setattr(rebuilding, name, dying)
        with pytest.raises(PowerCutError):
            rebuild(place.engine, advance)
    if process == "a new process":
        (place.data / f"{FOLDER}left").mkdir()
        (place.data / f"{FOLDER}left" / "events.duckdb").write_bytes(b"half of one")
        place.restart()
    assert place.stored() == before
    assert_a_rebuild_changes_nothing(place)
    assert list(place.data.glob(f"{FOLDER}*")) == []


@pytest.mark.parametrize("step", ["load", "rebuild", "keep_scores", "note"])
def test_what_sales_says_between_a_death_and_the_next_tick_replays(
    place: Installation, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    lived(place)
    at, ada = MONDAY + days(4), user("ada", browser="ada")
    place.send(at, track(ada, "Content Completed", at, content_id="c1"), track(ada, "Tool Used", at, completed=True))

    def died(run: segment.SegmentRun) -> None:
        getattr(segment, step)(run)
        raise PowerCutError

    with monkeypatch.context() as patch:
        patch.setattr(tick, "STEPS", tuple(died if each.__name__ == step else each for each in segment.STEPS))
        with pytest.raises(PowerCutError):
            place.tick(at)
    place.restart()
    monkeypatch.setattr(sales, "utc_now", lambda: at + days(1))
    sales.lead_accept(place.engine, str(place.lead("user-ada").pk))
    assert_scores_replay(place)
    place.tick(at + days(1))
    assert_scores_replay(place)
    assert_stages_replay(place)
