"""Who refuses profiling is counted and not scored, and comes back with their history when they allow it again."""

from datetime import datetime
from itertools import count
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pipeline_cast import MONDAY, Installation, days, hours, identify, page, track, user, visitor
from replay_checks import assert_a_rebuild_changes_nothing, assert_scores_replay, assert_stages_replay

from leadline.eventstore import queries, scores
from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.pipeline.commands import status
from leadline.pipeline.consents import lead_consent
from leadline.pipeline.explaining import explain
from leadline.pipeline.replay import replayed
from leadline.pipeline.rescoring import evaluate_everyone
from leadline.qualification.models import QualificationEvent, Standing
from leadline.tracking.models import ConsentStatement, Lead

ADA = user("ada")
TUESDAY = MONDAY + days(1)


def speaking(message: dict[str, Any], given_: bool) -> dict[str, Any]:
    consent = {"categoryPreferences": {"analytics": given_}}
    context = {**message.get("context", {}), "consent": consent}
    return {**message, "context": context, "messageId": f"{message['messageId']} {given_}"}


def tool(who: dict[str, str], at: Any = MONDAY) -> dict[str, Any]:
    return track(who, "Tool Used", at, tool="calculator", completed=True)


def known(place: Installation) -> None:
    """Ada, whom sales would call."""
    place.receive(MONDAY, identify(ADA, MONDAY, email="ada@works.example", phone="1"), tool(ADA))
    place.receive(MONDAY + hours(1), track(ADA, "Quote Requested", MONDAY + hours(1), quote_id="q", seats=2))


def current(place: Installation) -> Any:
    with place.engine.store.cursor() as cursor:
        return scores.current_of(cursor, place.lead("user-ada").pk)


def counted(place: Installation) -> int:
    with place.engine.store.cursor() as cursor:
        return queries.count_events(cursor)


def test_who_refuses_is_counted_and_has_neither_score_nor_stage(place: Installation) -> None:
    known(place)
    assert place.standing("user-ada").stage == "qualified"
    place.receive(TUESDAY, speaking(page(ADA, TUESDAY), False))
    row = place.standing("user-ada")
    assert (row.stage, row.total, row.reason) == ("", 0, "")
    assert current(place) is None
    assert counted(place) == 4
    told = status(place.engine)
    assert (told["leads"], told["by_stage"]["qualified"]) == (1, 0)
    assert explain(place.engine, place.lead("user-ada").pk, TUESDAY + hours(1)).score.total_micro == 0


def test_what_they_do_meanwhile_makes_no_score_stage_or_feed(place: Installation) -> None:
    place.receive(MONDAY, speaking(identify(ADA, MONDAY, email="ada@works.example"), False))
    place.receive(TUESDAY, track(ADA, "Quote Requested", TUESDAY, quote_id="q", seats=2))
    evaluate_everyone(place.engine, TUESDAY + days(1))
    assert current(place) is None
    assert not Standing.objects.exclude(stage="").exists()
    assert not QualificationEvent.objects.exists()
    assert counted(place) == 2


def test_they_come_back_with_their_history_when_they_consent_again(place: Installation) -> None:
    known(place)
    total = place.total("user-ada")
    place.receive(TUESDAY, speaking(page(ADA, TUESDAY), False))
    place.receive(TUESDAY, track(ADA, "Quote Requested", TUESDAY, quote_id="q2", seats=9))
    place.receive(TUESDAY + hours(1), speaking(page(ADA, TUESDAY + hours(1)), True))
    assert place.standing("user-ada").stage == "qualified"
    assert (place.total("user-ada") or 0) > (total or 0)


def test_a_refusal_by_hand_takes_effect_at_once_and_outweighs_pages(place: Installation) -> None:
    known(place)
    done = lead_consent(place.engine, "user-ada", "profiling", "refused", because="She rang.", by="Ann")
    assert done["consent"]["profiling"] == {"allowed": False, "said": "refused", "by_hand": True}
    assert current(place) is None
    place.receive(TUESDAY, speaking(page(ADA, TUESDAY), True))
    assert current(place) is None
    lead_consent(place.engine, "user-ada", "profiling", "given", because="She rang again.", by="Ann")
    assert current(place) is not None
    assert [row.by for row in ConsentStatement.objects.filter(how="hand")] == ["Ann", "Ann"]


@pytest.mark.parametrize(
    ("purpose", "said", "because"),
    [("scoring", "refused", "x"), ("profiling", "maybe", "x"), ("profiling", "refused", " ")],
)
def test_a_statement_that_cannot_be_is_refused(place: Installation, purpose: str, said: str, because: str) -> None:
    known(place)
    with pytest.raises(TerminalError):
        lead_consent(place.engine, "user-ada", purpose, said, because=because)
    assert not ConsentStatement.objects.exists()


def test_nobody_can_say_it_for_somebody_unknown(place: Installation) -> None:
    with pytest.raises(NotFoundError):
        lead_consent(place.engine, "nobody", "profiling", "refused", because="x")


def test_a_replay_scores_what_was_permitted_as_far_as_was_known(place: Installation) -> None:
    known(place)
    lead = place.lead("user-ada").pk
    before = replayed(place.engine, lead, MONDAY.date(), MONDAY + hours(2))
    late = speaking(page(ADA, MONDAY - hours(1)), False)
    place.receive(TUESDAY, late)
    assert (before.stamp.permitted, replayed(place.engine, lead, MONDAY.date(), MONDAY + hours(2))) == (True, before)
    after = replayed(place.engine, lead, MONDAY.date())
    assert (after.stamp.permitted, after.score.total_micro) == (False, 0)
    place.receive(TUESDAY + hours(1), speaking(page(ADA, TUESDAY), True))
    assert replayed(place.engine, lead, MONDAY.date()).score == before.score
    assert replayed(place.engine, lead, MONDAY.date(), TUESDAY).stamp.permitted is False
    lead_consent(place.engine, "user-ada", "profiling", "refused", because="She rang.")
    assert replayed(place.engine, lead, MONDAY.date()).stamp.permitted is False
    assert replayed(place.engine, lead, MONDAY.date(), TUESDAY + hours(1)).stamp.permitted is True


LIVES = st.lists(
    st.tuples(
        st.sampled_from(("tool", "refuse", "allow", "quote", "join", "midnight")),
        st.sampled_from(("ada", "bob")),
        st.integers(-6, 0),
    ),
    min_size=2,
    max_size=7,
)
Life = list[tuple[str, str, int]]
NAMES = count()


def live(place: Installation, life: Life) -> None:
    """What a visitor does, each thing five hours after the one before, as having happened up to six hours earlier."""
    for number, (what, name, shift) in enumerate(life, start=1):
        now = MONDAY + hours(5 * number)
        if what == "midnight":
            place.tick(now)
        else:
            place.receive(now, said_by(what, name, now + hours(shift), number))


def said_by(what: str, name: str, then: datetime, number: int) -> dict[str, Any]:
    who = visitor(name)
    if what == "tool":
        return tool(who, then)
    if what == "quote":
        return track(who, "Quote Requested", then, quote_id=f"q{number}", seats=3)
    if what == "join":
        return identify(user("one", name), then, email="one@works.example")
    return speaking(page(who, then), what == "allow")


@hypothesis_settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(life=LIVES)
def test_every_life_with_refusals_replays_and_rebuilds(life: Life, make: Any) -> None:
    with transaction.atomic():
        place = make(f"life-{next(NAMES)}")
        live(place, life)
        assert_scores_replay(place)
        assert_stages_replay(place)
        assert_a_rebuild_changes_nothing(place)
        assert_only_the_permitted_have_a_score(place)
        transaction.set_rollback(True)


def assert_only_the_permitted_have_a_score(place: Installation) -> None:
    for lead in Lead.objects.filter(merged_into=None):
        assert replayed(place.engine, lead.pk, MONDAY.date()).stamp.permitted is lead.profiling_allowed
        with place.engine.store.cursor() as cursor:
            assert (scores.current_of(cursor, lead.pk) is not None) is lead.profiling_allowed
