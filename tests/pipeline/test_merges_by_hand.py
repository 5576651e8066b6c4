"""Merging people by hand and taking it back: scores, standings and history follow, and previews tell the truth."""

from typing import Any

import pytest
from pipeline_cast import MONDAY, Installation, days, hours, identify, track, user, visitor

from leadline.eventstore import scores
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import TerminalError
from leadline.pipeline import identities
from leadline.pipeline.commands import dispatch, status
from leadline.pipeline.rescoring import evaluate_leads
from leadline.qualification.models import Standing
from leadline.tracking.models import IdentityEdge, MergeWarning

NOW = MONDAY + days(1)


def no_advance(done: int, total: int) -> None:
    """Nobody watches."""


def do(place: Installation, command: str, **arguments: Any) -> Any:
    return dispatch(place.engine, command, arguments, no_advance)


@pytest.fixture
def two(place: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """Ada has two accounts; sales has accepted one of them."""
    monkeypatch.setattr(identities, "utc_now", lambda: NOW)
    tool = {"tool": "calculator", "completed": True}
    place.receive(
        MONDAY,
        identify(user("ada", "a1"), MONDAY, email="ada@works.example", phone="1", title="CTO"),
        track(user("ada"), "Tool Used", MONDAY, **tool),
        track(visitor("a2"), "Tool Used", MONDAY, **tool),
    )
    later = MONDAY + hours(1)
    place.receive(later, track(user("ada2", "a2"), "Quote Requested", later, quote_id="q", seats=2))
    place.receive(later, identify(user("ada2"), later, email="ada@works.example"))
    place.said("user-ada2", later + hours(1), "accept", owner="sam")
    evaluate_leads(place.engine, [place.lead("user-ada2").pk], later + hours(1))
    place.tick(NOW)
    return place


def numbers(place: Installation, *names: str) -> list[tuple[Any, ...]]:
    rows = []
    for name in names:
        row = Standing.objects.get(lead=place.home(name))
        rows.append((name, row.total, row.grade, row.stage, row.owner, row.accepted_at))
    return rows


def history(place: Installation, name: str) -> list[int]:
    with place.engine.store.cursor() as cursor:
        return [row["total"] for row in scores.history(cursor, place.home(name).pk)]


def test_a_preview_says_what_then_happens_and_does_nothing(two: Installation) -> None:
    before = two.stored()
    preview = do(two, "merge_preview", lead="user-ada2", into="user-ada")
    assert two.stored() == before
    do(two, "merge", lead="user-ada2", into="user-ada")
    (person,) = preview["after"]
    row = two.standing("user-ada")
    assert (person["lead"], round(person["total"] * 1e6), person["grade"]) == (row.lead_id, row.total, row.grade)
    assert person["stage"] == row.stage
    assert {name["value"] for name in person["names"]} == {
        *("user-ada", "user-ada2", "browser-a1", "browser-a2", "ada@works.example")
    }
    assert person["events"] == sum(each["events"] for each in preview["before"]) == 6 - 1
    assert [each["lead"] for each in preview["before"]] == [two.home("user-ada2").pk, two.home("user-ada").pk]


def test_a_merge_taken_back_restores_scores_stages_and_what_sales_knew(two: Installation) -> None:
    before = numbers(two, "user-ada", "user-ada2")
    ada, ada2 = history(two, "user-ada"), history(two, "user-ada2")
    do(two, "merge", lead="user-ada2", into="user-ada")
    assert two.lead("user-ada2") == two.lead("user-ada")
    assert Standing.objects.get(lead=two.home("user-ada2")).stage == ""
    assert sum(status(two.engine)["by_stage"].values()) == 1
    together = two.total("user-ada")
    assert (together or 0) > max(row[1] for row in before)
    do(two, "unmerge", identity="user-ada2", owner="user-ada")
    assert numbers(two, "user-ada", "user-ada2") == before
    assert history(two, "user-ada") == [*ada, together, before[0][1]]
    assert history(two, "user-ada2") == [*ada2, before[1][1]]
    causes = set(IdentityEdge.objects.values_list("cause", flat=True))
    assert {"by hand", "unmerge"} <= causes


def test_an_unmerge_is_previewed_too(two: Installation) -> None:
    do(two, "merge", lead="user-ada2", into="user-ada")
    before = two.stored()
    preview = do(two, "unmerge_preview", identity="user-ada2", owner="user-ada")
    assert two.stored() == before
    do(two, "unmerge", identity="user-ada2", owner="user-ada")
    told = {person["lead"]: (round(person["total"] * 1e6), person["stage"]) for person in preview["after"]}
    assert told == {row.lead_id: (row.total, row.stage) for row in map(two.standing, ("user-ada", "user-ada2"))}


def test_merging_again_or_oneself_changes_nothing(two: Installation) -> None:
    do(two, "merge", lead="user-ada2", into="user-ada")
    before = two.stored()
    with pytest.raises(TerminalError, match="one person already"):
        do(two, "merge", lead="user-ada2", into="user-ada")
    with pytest.raises(TerminalError, match="one person already"):
        do(two, "merge_preview", lead="user-ada", into=str(two.home("user-ada2").pk))
    assert two.stored() == before


def test_later_events_of_either_count_for_the_one(two: Installation) -> None:
    do(two, "merge", lead="user-ada2", into="user-ada")
    total = two.total("user-ada") or 0
    later = NOW + hours(1)
    two.receive(later, track(user("ada2", "a3"), "Quote Requested", later, quote_id="q2", seats=3))
    assert two.lead("browser-a3") == two.lead("user-ada")
    assert (two.total("user-ada") or 0) > total


def test_a_refused_merge_is_listed_until_it_is_dealt_with(two: Installation) -> None:
    (warning,) = do(two, "merge_warnings")
    assert (warning["identity"], warning["owner"]) == ("user-ada2", "user-ada")
    assert (warning["lead"], warning["into"]) == (two.home("user-ada2").pk, two.home("user-ada").pk)
    do(two, "merge", lead="user-ada2", into="user-ada")
    assert do(two, "merge_warnings") == []
    assert [row["dismissed"] for row in do(two, "merge_warnings", everything=True)] == [True]
    assert MergeWarning.objects.get().dismissed_at == NOW


def test_names_say_which_merge_was_made_by_hand(two: Installation) -> None:
    do(two, "merge", lead="user-ada2", into="user-ada")
    by_hand = {row["value"]: row["by_hand"] for row in do(two, "identities", lead="user-ada2")}
    assert by_hand == {"user-ada": False, "user-ada2": True, "browser-a1": False, "browser-a2": False,
                       "ada@works.example": False}  # fmt: skip
    assert utc_now() > NOW
