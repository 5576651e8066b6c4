"""Publishing and rolling back: what hinders it, what it asks, what it keeps, and dying on the way."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pipeline_cast import MONDAY, Installation, days, hours, identify, track, user

from leadline.kernel.errors import DocumentError, NotFoundError, TerminalError
from leadline.pipeline import ruleset_commands, rulesets
from leadline.pipeline.models import PipelineMark
from leadline.pipeline.rulesets import ConfirmationNeededError, RulesetRefusedError, prepare_publication
from leadline.scoring import service
from leadline.scoring.models import PublishedRuleset, RulesetActivation

FIRST = service.find_document("offshore-staffing")
NOW = MONDAY + hours(3)
FAILING = "\nexamples:\n  nobody is the best:\n    expect: {grade: A}\n"


def weighing(engagement: int) -> str:
    """The default ruleset with another weight of engagement, and without examples, which that would fail."""
    text = FIRST.replace("engagement:\n    weight: 20", f"engagement:\n    weight: {engagement}")
    return re.sub(r"(?ms)^examples:\n.*?(?=^\w|\Z)", "", text)


SECOND = weighing(500)


def people(place: Installation) -> None:
    """Three people of different depth."""
    for name, tools in (("ada", 1), ("bea", 3), ("cid", 6)):
        who, at = user(name), MONDAY
        place.send(at, identify(who, at, email=f"{name}@works.example"))
        uses = [track(who, "Tool Used", at + hours(n / 10), tool="calculator", completed=True) for n in range(tools)]
        place.send(at + hours(1), *uses)
    place.tick(NOW)


def scores(place: Installation) -> Any:
    """What everybody's score is now, without when and by which ruleset it was written."""
    with place.engine.store.cursor() as cursor:
        rows = cursor.execute("SELECT lead, engagement, readiness, conversion, total, grade, stage FROM current_scores")
        return sorted(rows.fetchall())


def publish(place: Installation, text: str, now: datetime = NOW, *, confirm: bool = True) -> int:
    return rulesets.publish(place.engine, text, "ada", "Because.", confirm, now=now).number


def test_publishing_rolling_back_and_publishing_again_gives_the_same_scores(place: Installation) -> None:
    people(place)
    first, before = place.engine.ruleset.number, scores(place)
    second = publish(place, SECOND)
    after = scores(place)
    assert after != before
    rulesets.roll_back(place.engine, first, "bea", "Too many calls.", confirm=True, now=NOW)
    assert scores(place) == before
    assert publish(place, SECOND) == second
    assert scores(place) == after
    told = [(each.number, each.kind, each.by, each.why) for each in service.history()][:3]
    assert told == [
        (second, "publish", "ada", "Because."),
        (first, "rollback", "bea", "Too many calls."),
        (second, "publish", "ada", "Because."),
    ]


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([1, 20, 80, 500]), min_size=1, max_size=4))
def test_scores_hang_on_the_ruleset_in_force_and_not_on_the_way_there(place: Installation, way: list[int]) -> None:
    if not PipelineMark.objects.filter(load_seq__gt=0).exists():
        people(place)
    for weight in way:
        publish(place, weighing(weight))
    reached = scores(place)
    publish(place, weighing(7))
    publish(place, weighing(way[-1]))
    assert scores(place) == reached


def test_a_failing_example_blocks_and_is_named(place: Installation) -> None:
    people(place)
    with pytest.raises(RulesetRefusedError, match="'nobody is the best' fails"):
        publish(place, SECOND + FAILING)
    assert RulesetActivation.objects.count() == 1
    assert PublishedRuleset.objects.count() == 1


def test_an_invalid_document_blocks_with_its_faults(place: Installation) -> None:
    publication = prepare_publication(place.engine, "name: broken\n")
    assert publication.ruleset is None
    assert publication.faults
    with pytest.raises(RulesetRefusedError, match=re.escape(publication.faults[0].message)):
        publish(place, "name: broken\n")


def test_a_window_longer_than_events_are_kept_blocks(place: Installation, settings: Any) -> None:
    settings.KEEP_EVENTS_DAYS = 100
    with pytest.raises(RulesetRefusedError, match="365 days"):
        publish(place, SECOND)


def test_an_event_that_never_came_warns_and_does_not_block(place: Installation) -> None:
    people(place)
    publication = prepare_publication(place.engine, SECOND, NOW)
    assert any("Quote Requested" in str(warning) for warning in publication.warnings)
    assert not any("Tool Used" in str(warning) for warning in publication.warnings)
    assert not publication.checked.blocked


def test_moving_many_leads_asks_for_a_confirmation_with_the_numbers(place: Installation) -> None:
    people(place)
    publication = prepare_publication(place.engine, SECOND, NOW)
    assert publication.impact is not None
    assert publication.needs_confirmation
    moved = publication.impact.moved
    with pytest.raises(ConfirmationNeededError, match=f"{moved} of 3 leads"):
        publish(place, SECOND, confirm=False)
    before = {row.lead_id: row.grade for row in _standings()}
    publish(place, SECOND)
    changed = sum(before[row.lead_id] != row.grade for row in _standings())
    assert changed == sum(publication.impact.grade_changes.values())


def test_moving_few_leads_goes_without_saying(place: Installation, settings: Any) -> None:
    people(place)
    settings.PUBLISH_CONFIRM_SHARE = 1.0
    assert publish(place, SECOND, confirm=False) == service.number_in_force()


def test_publishing_needs_a_reason(place: Installation) -> None:
    with pytest.raises(TerminalError, match="needs a reason"):
        rulesets.publish(place.engine, SECOND, "ada", " ", confirm=True)


def test_a_draft_is_published_by_its_reference(place: Installation) -> None:
    draft = service.save_draft("Engagement counts more", SECOND, by="ada")
    number = publish(place, f"draft:{draft.pk}")
    draft.refresh_from_db()
    assert draft.published_id == number == place.engine.ruleset.number


class PowerCutError(Exception):
    """What stops it."""


@pytest.mark.parametrize("process", ["the same process", "a new process"])
@pytest.mark.parametrize("dies_in", ["engine.use", "evaluate_everyone"])
def test_dying_after_the_ruleset_is_in_force_ends_where_publishing_does(
    place: Installation, monkeypatch: pytest.MonkeyPatch, dies_in: str, process: str
) -> None:
    people(place)
    publish(place, SECOND)
    expected = scores(place)
    rulesets.roll_back(place.engine, service.history()[-1].number, "ada", "Once more.", confirm=True, now=NOW)

    def stop(*_: object, **__: object) -> None:
        raise PowerCutError

    with monkeypatch.context() as patch:
        target = type(place.engine) if dies_in == "engine.use" else rulesets
        patch.setattr(target, dies_in.rpartition(".")[2], stop)
        with pytest.raises(PowerCutError):
            publish(place, SECOND)
    if process == "a new process":
        place.restart()
    place.tick(NOW + hours(1))
    assert scores(place) == expected
    assert PipelineMark.objects.get().ruleset == service.number_in_force() == place.engine.ruleset.number


def test_dying_before_the_ruleset_is_in_force_changes_nothing(
    place: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(place)
    before = scores(place)

    def stop(*_: object, **__: object) -> None:
        raise PowerCutError

    with monkeypatch.context() as patch:
        patch.setattr(service, "_activate", stop)
        with pytest.raises(PowerCutError):
            publish(place, SECOND)
    place.restart()
    place.tick(NOW + hours(1))
    assert scores(place) == before
    assert RulesetActivation.objects.count() == 1


def test_who_does_not_wait_leaves_the_scoring_to_the_next_tick(place: Installation) -> None:
    people(place)
    before = scores(place)
    ruleset = rulesets.publish(place.engine, SECOND, "ada", "Because.", confirm=True, now=NOW, score_now=False)
    assert place.engine.ruleset.number == ruleset.number
    assert scores(place) == before
    place.tick(NOW + hours(1))
    assert scores(place) != before


def test_midnights_that_passed_are_judged_by_the_rules_that_were_in_force_then(place: Installation) -> None:
    people(place)
    publish(place, SECOND, NOW + days(2))
    with place.engine.store.cursor() as cursor:
        rows = cursor.execute("SELECT ruleset, max(as_of) FROM scores GROUP BY ruleset ORDER BY ruleset").fetchall()
    (first, until), (second, _) = rows
    assert second == place.engine.ruleset.number > first
    assert until.replace(tzinfo=UTC) > NOW  # decay of the days between, under the earlier rules


@pytest.mark.parametrize("confirm", [True, False])
def test_rolling_back_is_not_hindered_by_examples_but_asks(place: Installation, confirm: bool) -> None:
    people(place)
    first = place.engine.ruleset.number
    publish(place, SECOND)
    if confirm:
        assert rulesets.roll_back(place.engine, first, "ada", "Back.", confirm, now=NOW).number == first
    else:
        with pytest.raises(ConfirmationNeededError):
            rulesets.roll_back(place.engine, first, "ada", "Back.", confirm, now=NOW)


@time_machine.travel(NOW)  # commands evaluate now, with each midnight since then
def test_what_commands_answer_is_json_and_says_what_happened(place: Installation) -> None:
    people(place)
    engine = place.engine
    draft = ruleset_commands.rules_save_draft(engine, "More", SECOND, "ada", base=engine.ruleset.number)
    preview = ruleset_commands.rules_preview(engine, draft["reference"])
    assert preview["valid"]
    assert preview["impact"]["leads"] == 3
    assert any("engagement" in line.lower() for line in preview["differences"])
    done = ruleset_commands.rules_publish(engine, draft["reference"], "ada", "Because.", confirm=True)
    listed = ruleset_commands.rules_list(engine)
    assert listed["in_force"]["number"] == done["number"]
    assert listed["drafts"] == []
    assert [row["number"] for row in listed["published"] if row["in_force"]] == [done["number"]]
    assert ruleset_commands.rules_show(engine)["number"] == done["number"]
    first = min(row["number"] for row in listed["published"])
    assert ruleset_commands.rules_archive(engine, str(first))["archived_at"]
    assert len(ruleset_commands.rules_list(engine)["published"]) == 1
    with pytest.raises(NotFoundError, match="neither a number nor a draft"):
        ruleset_commands.rules_archive(engine, "offshore-staffing")
    with pytest.raises(DocumentError):
        ruleset_commands.rules_diff(engine, "", "name: broken\n")


def _standings() -> Any:
    from leadline.qualification.models import Standing

    return Standing.objects.all()
