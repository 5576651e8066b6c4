"""A counterfactual is what really comes of it when the step is taken."""

import pytest
from explaining_cast import NOW, WHO, happening, lived
from pipeline_cast import MONDAY, Installation, identify, track, visitor

from leadline.pipeline.counterfactuals import counterfactuals_of, whatif
from leadline.qualification.counterfactuals import Counterfactual
from leadline.qualification.models import Standing


def foretold(place: Installation, lead: int) -> list[Counterfactual]:
    return counterfactuals_of(place.engine, lead, NOW)


@pytest.mark.parametrize("seed", range(5))
def test_the_step_taken_gives_the_total_and_the_stage_foretold(place: Installation, seed: int) -> None:
    lead = lived(place, seed)
    found = foretold(place, lead)
    chosen = found[seed % len(found)]
    who = visitor("ada") if _is_visitor(lead) else WHO
    place.receive(NOW, happening(chosen.step, who))
    assert place.total("browser-ada") == chosen.total_micro
    row = Standing.objects.get(pk=lead)
    assert (row.grade, row.stage) == (chosen.grade, chosen.stage)


def _is_visitor(lead: int) -> bool:
    return not Standing.objects.select_related("lead").get(pk=lead).lead.known


def shopper(place: Installation) -> int:
    at = MONDAY
    messages = [track(WHO, "Tool Used", at, tool=f"t{n}", completed=True) for n in range(3)]
    place.receive(at, identify(WHO, at, email="ada@works.example", title="Owner"), *messages)
    return place.lead("browser-ada").pk


def test_steps_that_move_the_stage_come_first_then_the_greatest_gain(place: Installation) -> None:
    found = counterfactuals_of(place.engine, shopper(place), MONDAY)
    assert [each.moves_stage for each in found] == sorted((each.moves_stage for each in found), reverse=True)
    names = [each.name for each in found if each.moves_stage]
    assert names[:2] == ["quote_requests", "strategy_calls"]
    assert [each.stage for each in found[:2]] == ["qualified", "qualified"]
    assert found[1].sentence.endswith(
        f"would lift the total to {found[1].total_micro // 1_000_000} and the stage to qualified."
    )


def test_steps_that_lift_nothing_are_left_out(place: Installation) -> None:
    lead = shopper(place)
    place.receive(MONDAY, track(WHO, "Premium Upgraded", MONDAY, plan="pro"))
    found = counterfactuals_of(place.engine, lead, MONDAY)
    assert "premium_upgrades" not in {each.name for each in found}
    assert all(each.gain_micro > 0 or each.moves_stage for each in found)


def test_a_telephone_number_makes_somebody_reachable_and_so_qualified(place: Installation) -> None:
    at = MONDAY
    place.receive(at, identify(WHO, at, title="Owner"), track(WHO, "Quote Requested", at, quote_id="q", seats=2))
    found = counterfactuals_of(place.engine, place.lead("browser-ada").pk, at)
    assert (found[0].name, found[0].stage) == ("profile_completion", "qualified")


def test_a_visitor_gains_points_and_no_stage(place: Installation) -> None:
    place.receive(MONDAY, track(visitor("x"), "Tool Used", MONDAY, tool="t", completed=True))
    found = counterfactuals_of(place.engine, place.lead("browser-x").pk, MONDAY)
    assert found
    assert not any(each.moves_stage for each in found)


def test_the_plain_data_tell_the_same(place: Installation) -> None:
    lead = shopper(place)
    told = whatif(place.engine, str(lead))
    assert told["lead"] == lead
    assert {"name", "action", "total", "gain", "grade", "stage", "sentence"} <= set(told["counterfactuals"][0])
    assert told["stage"] == "initial_engagement"
