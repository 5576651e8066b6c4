"""Every accepted message is accounted for, and every explanation adds up to the stored score."""

import pytest
from pipeline_cast import MONDAY, Installation, days, hours, identify, page, track, user, visitor

from leadline.eventstore import scores
from leadline.pipeline import accounting, commands
from leadline.pipeline.explaining import explain
from leadline.pipeline.models import PipelineMark
from leadline.scoring.service import find_document, publish
from leadline.tracking.models import QuarantinedMessage

ADA = user("ada")


def test_every_accepted_message_is_stored_repeated_quarantined_or_waiting(place: Installation) -> None:
    first = page(ADA, MONDAY)
    place.send(MONDAY, first, first, track(ADA, "Tool Used", MONDAY, tool=5))
    waiting = commands.status(place.engine)
    assert (waiting["accepted"], waiting["stored"]) == (3, 0)
    assert waiting["spool_lag_seconds"] > 0
    place.tick(MONDAY)
    place.send(MONDAY + hours(1), page(ADA, MONDAY + hours(1)), b'{"type":')
    report = commands.status(place.engine)
    counts = (report["stored"], report["duplicates"], report["quarantined"])
    assert (report["accepted"], *counts) == (4, 1, 1, 1)  # a batch that can't be opened at all counts once
    place.tick(MONDAY + hours(1))
    report = commands.status(place.engine)
    assert report["accepted"] == report["stored"] + report["duplicates"] + report["quarantined"] == 4
    assert report["spool_lag_seconds"] == 0


def test_a_message_of_a_segment_that_is_half_done_is_counted_once(place: Installation) -> None:
    path = place.send(MONDAY, page(ADA, MONDAY), track(ADA, "Tool Used", MONDAY, tool=5))
    place.engine.desk.take_in(path, place.engine.spool_keys)  # step (a) only
    assert QuarantinedMessage.objects.count() == 1
    found = accounting.account(place.engine)
    assert (found.accepted, found.waiting, found.quarantined) == (2, 2, 0)


def test_an_explanation_adds_up_to_the_stored_score_of_the_same_day(place: Installation) -> None:
    place.receive(MONDAY, identify(ADA, MONDAY, email="ada@gmail.com", title="CTO", company={"employees": 40}))
    place.receive(MONDAY + hours(1), track(ADA, "Quote Requested", MONDAY, quote_id="q", seats=3))
    place.receive(MONDAY + hours(2), track(ADA, "Tool Used", MONDAY, tool="calculator", completed=True))
    place.receive(MONDAY + hours(3), track(ADA, "Strategy Call Missed", MONDAY, call_id="c"))
    for day in (0, 1, 15, 30):
        now = MONDAY + days(day) + hours(4)
        place.tick(now)
        told = explain(place.engine, place.lead("user-ada").pk, now)
        assert told.score.total_micro == place.total("user-ada")
        assert sum(line.points for line in told.ledger) == pytest.approx(told.score.total, abs=2e-6)


def test_a_score_of_the_past_is_explained_with_what_had_happened_by_then(place: Installation) -> None:
    place.receive(MONDAY, track(ADA, "Tool Used", MONDAY, tool="calculator", completed=True))
    early = place.total("user-ada")
    later = MONDAY + days(2)
    place.receive(later, track(ADA, "Quote Requested", later, quote_id="q", seats=3))
    assert explain(place.engine, place.lead("user-ada").pk, MONDAY + hours(5)).score.total_micro == early


def test_unreadable_bytes_in_the_spool_cost_only_themselves(place: Installation) -> None:
    path = place.send_records((MONDAY, [page(ADA, MONDAY)]), (MONDAY, [page(ADA, MONDAY, "/b")]))
    content = bytearray(path.read_bytes())
    content[-20] ^= 0xFF
    path.write_bytes(bytes(content))
    report = place.tick(MONDAY)
    assert (report.stored, report.quarantined) == (1, 1)
    assert QuarantinedMessage.objects.get().code == "corrupt_frame"


def test_a_segment_of_nothing_but_unreadable_bytes_is_got_over(place: Installation) -> None:
    path = place.send(MONDAY, page(visitor("ada"), MONDAY))
    content = bytearray(path.read_bytes())
    content[-20] ^= 0xFF
    path.write_bytes(bytes(content))
    report = place.tick(MONDAY + hours(1))
    assert (report.segments, report.stored, report.quarantined) == (1, 0, 1)
    assert not list(place.engine.spool.glob("*.seg"))


def test_a_ruleset_put_in_force_by_a_process_that_died_is_followed_at_the_next_tick(place: Installation) -> None:
    place.receive(MONDAY, track(ADA, "Tool Used", MONDAY, tool="calculator", completed=True))
    before = place.total("user-ada") or 0
    text = find_document("offshore-staffing")
    publish(text.replace("engagement:\n    weight: 20", "engagement:\n    weight: 80"))
    place.restart()
    place.tick(MONDAY + hours(1))
    assert (place.total("user-ada") or 0) > before
    assert PipelineMark.objects.get().ruleset == place.engine.ruleset.number
    with place.engine.store.cursor() as cursor:
        row = scores.history(cursor, place.lead("user-ada").pk)[-1]
    assert row["ruleset"] == place.engine.ruleset.number


def test_rescoring_today_judges_now_and_not_tonight(place: Installation) -> None:
    from leadline.kernel.clock import utc_now

    place.receive(utc_now(), page(ADA, utc_now()))
    told = commands.rescore(place.engine, utc_now().date().isoformat())
    assert told["as_of"] <= utc_now().isoformat()
    assert place.standing("user-ada").scored_at <= utc_now()
