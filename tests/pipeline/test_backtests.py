"""Backtests of a small installation, from messages to figures; impact; metrics of drafts come and go."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pipeline_cast import MONDAY, Installation, days, hours, identify, page, track, user, visitor

from leadline.eventstore.cells import catalogue
from leadline.kernel.errors import LeakError, NotFoundError, TerminalError
from leadline.pipeline import backtests, jobs
from leadline.pipeline.borrowed_metrics import measured, retire_unread
from leadline.pipeline.impact import impact
from leadline.scoring import service
from leadline.scoring.edits import with_values

PEOPLE = 40
CUTOFF = (MONDAY + days(4)).date()
NOW = MONDAY + days(16)
HORIZON = 10
WEIGHTS = {"dimensions.engagement.weight": 60, "dimensions.conversion.weight": 20}


def nothing(done: int, total: int) -> None:
    """No progress bar."""


def live(place: Installation) -> None:
    """Forty people look around; the first twenty ask for a quote; every second of these has an opportunity later."""
    first = [page(visitor(str(n)), MONDAY + hours(n)) for n in range(PEOPLE)]
    quotes = [
        track(visitor(str(n)), "Quote Requested", MONDAY + days(2) + hours(n), quote_id=f"q{n}", seats=3)
        for n in range(20)
    ]
    place.receive(MONDAY + days(4), *first, *quotes)
    known = [identify(user(str(n), str(n)), MONDAY + days(6), email=f"p{n}@firm.example") for n in range(20)]
    place.receive(MONDAY + days(7), *known)
    won = [
        track(user(str(n)), "Opportunity Opened", MONDAY + days(9) + hours(n), opportunity_id=f"o{n}")
        for n in range(0, 20, 2)
    ]
    early = [track(user("39", "39"), "Opportunity Opened", MONDAY + days(1), opportunity_id="early")]
    place.receive(MONDAY + days(10), *won, *early)
    place.receive(NOW, page(visitor("last"), NOW))


def backtest(place: Installation, **arguments: Any) -> dict[str, Any]:
    return backtests.run(place.engine, {"cutoffs": [str(CUTOFF)], "horizon": HORIZON, **arguments}, nothing)


def reweighted() -> str:
    return with_values(service.document_of(""), {**WEIGHTS})


def test_visitors_who_logged_in_later_count_and_who_had_it_is_left_out(place: Installation) -> None:
    live(place)
    pooled = backtest(place, capacity=10)["pooled"]
    assert (pooled["leads"], pooled["outcomes"], pooled["left_out"]) == (PEOPLE - 1, 10, 1)
    figures = pooled["rulesets"][0]
    assert figures["auc"]["value"] == pytest.approx((10 * 19 + 10 * 10 / 2) / (10 * 29), abs=0.05)
    assert figures["precision"]["value"] == pytest.approx(0.5, abs=0.25)
    assert sum(each["leads"] for each in figures["grades"]) == PEOPLE - 1
    assert {each["stage"] for each in figures["stages"]} == {"initial_engagement"}  # nobody was known yet


def test_two_runs_say_the_same(place: Installation) -> None:
    live(place)
    one, two = (backtest(place, rulesets=["", reweighted()]) for _ in range(2))
    for result in (one, two):
        del result["made_at"], result["seconds"]
    assert one == two


def test_rulesets_are_told_apart_and_the_others_impact_is_told(place: Installation) -> None:
    live(place)
    result = backtest(place, rulesets=["", reweighted()])
    [difference] = result["differences"]
    assert (difference["ruleset"], difference["against"]) == (1, 0)
    assert result["impact"][0] is None
    assert result["impact"][1]["leads"] > 0
    assert "auc" in difference
    assert difference["words"]


def test_a_ruleset_that_is_named_twice_is_judged_once(place: Installation) -> None:
    live(place)
    number = str(place.engine.ruleset.number)
    assert len(backtest(place, rulesets=["", number])["rulesets"]) == 1


def test_few_outcomes_give_a_warning_and_no_figures(place: Installation) -> None:
    live(place)
    result = backtest(place, outcome="won_deal")
    assert result["pooled"]["outcomes"] == 0
    assert result["pooled"]["rulesets"][0]["auc"] is None
    assert "Only 0 outcomes" in result["warnings"][0]


def test_a_factor_that_tells_too_well_is_named(place: Installation) -> None:
    live(place)
    # something in the platform writes calls, dated back, for those who converted
    late = [track(visitor(str(n)), "Strategy Call Booked", MONDAY + days(3), call_id=f"c{n}") for n in range(0, 20, 2)]
    place.receive(NOW + hours(1), *late)
    result = backtest(place)
    assert "strategy_calls" in [each["factor"] for each in result["suspected_leaks"]]
    assert any("strategy_calls" in warning for warning in result["warnings"])


def test_a_horizon_that_is_not_over_is_refused(place: Installation) -> None:
    live(place)
    with pytest.raises(TerminalError, match="last cutoff that can be judged"):
        backtest(place, cutoffs=[str((NOW - days(5)).date())])


def test_what_leaks_is_refused_before_a_job_is_made(place: Installation) -> None:
    live(place)
    with pytest.raises(LeakError, match="requested_quotes"):
        jobs.job_start(place.engine, "backtest", {"outcome": "quote_requested", "horizon": HORIZON, "cutoffs": 2})
    assert jobs.jobs(place.engine) == []


def test_an_unknown_outcome_is_refused_with_those_there_are(place: Installation) -> None:
    live(place)
    with pytest.raises(NotFoundError, match="opportunity"):
        backtest(place, outcome="love")


def test_without_events_there_is_nothing_to_test_against(place: Installation) -> None:
    with pytest.raises(TerminalError, match="no events yet"):
        backtest(place)


def test_as_a_job_it_keeps_its_result(place: Installation) -> None:
    live(place)
    jobs.job_start(place.engine, "backtest", {"cutoffs": [str(CUTOFF)], "horizon": HORIZON}, "cli:ada")
    done = jobs.run_next(place.engine)
    assert done is not None
    assert done.message == ""
    assert done.result["version"] == 1
    assert done.done == done.total


def test_ruleset_in_force_would_move_nobody(place: Installation) -> None:
    live(place)
    found = impact(place.engine, place.engine.ruleset, NOW)
    assert (found.moved, found.share, found.examples) == (0, 0.0, [])
    assert found.leads > PEOPLE / 2


def test_impact_says_what_a_publish_does(place: Installation) -> None:
    live(place)
    before = scores_of(place)
    ruleset = replace(service.ruleset_of(reweighted()), number=0)
    found = impact(place.engine, ruleset, NOW)
    assert found.moved > 0
    assert found.moved == len(found.examples)
    assert scores_of(place) == before  # it wrote nothing
    publish(place, NOW)
    after = scores_of(place)
    moved = {lead for lead in before if before[lead][:2] != after[lead][:2]}
    assert {each.lead for each in found.examples} == moved
    for each in found.examples:
        assert (each.new_grade, each.new_stage, each.new_total) == after[each.lead]
    assert sum(found.grade_changes.values()) == sum(each.grade != each.new_grade for each in found.examples)


def scores_of(place: Installation) -> dict[int, tuple[str, str, int]]:
    with place.engine.store.cursor() as cursor:
        rows = cursor.execute("SELECT lead, grade, stage, total FROM current_scores").fetchall()
    return {lead: (grade, stage, total) for lead, grade, stage, total in rows}


def publish(place: Installation, at: datetime) -> None:
    from leadline.pipeline.rescoring import evaluate_everyone

    place.engine.use(service.publish(reweighted(), by="test", why="a test"))
    evaluate_everyone(place.engine, at)


def digests(place: Installation) -> set[str]:
    with place.engine.store.cursor() as cursor:
        return {metric.digest for metric in catalogue(cursor).values()}


def test_metrics_of_a_draft_are_built_alone_and_let_go_again(place: Installation) -> None:
    live(place)
    before = digests(place)
    with place.engine.store.cursor() as cursor:
        codes = {code: metric.digest for code, metric in catalogue(cursor).items()}
        draft = service.ruleset_of(service.document_of("").replace("Tool Used], where", "Page Engaged], where"))
        with measured(place.engine, cursor, [draft]):
            assert len(digests(place) - before) == 1
        assert {code: metric.digest for code, metric in catalogue(cursor).items()} == codes
    assert digests(place) == before


def test_metrics_of_a_saved_draft_stay_until_it_is_archived(place: Installation) -> None:
    live(place)
    before = digests(place)
    text = service.document_of("").replace("Tool Used], where", "Page Engaged], where")
    row = service.save_draft("Other tools", text, by="test")
    with place.engine.store.cursor() as cursor, measured(place.engine, cursor, [service.ruleset_of(text)]):
        pass
    assert len(digests(place)) == len(before) + 1
    service.archive_draft(row.pk)
    assert retire_unread(place.engine) == 1
    assert digests(place) == before


def test_a_suggestion_on_thin_evidence_says_so(place: Installation) -> None:
    live(place)
    asked = {"cutoffs": [str(CUTOFF), str(CUTOFF + timedelta(days=1))], "horizon": HORIZON}
    result = jobs.KINDS["suggestion"](place.engine, asked, nothing)
    assert (result["verdict"], result["draft"]) == ("too_thin", None)
    assert "nothing to learn from" in result["words"][0]
