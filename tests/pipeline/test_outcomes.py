"""What the live page is told of a segment: everything that became of its messages, and nothing personal."""

import pytest
from pipeline_cast import MONDAY, Installation, days, identify, page, track, user, visitor

from leadline.pipeline import segment
from leadline.pipeline.live import Outcome, Result
from leadline.pipeline.outcomes import TOLD, masked
from leadline.tracking.models import EventSource


def told(place: Installation) -> list[Outcome]:
    return place.engine.live.since(0)


def results(place: Installation) -> list[tuple[str, str]]:
    return [(each.name, each.result) for each in told(place)]


QUOTE = {"quote_id": "q-1", "seats": 4}


def test_stored_quarantined_and_duplicate_in_the_order_in_which_they_came(place: Installation) -> None:
    view, quote = page(visitor("anna"), MONDAY), track(user("ada"), "Quote Requested", MONDAY, **QUOTE)
    place.receive(MONDAY, view, b'{"type": 7}', quote, view)
    assert results(place) == [
        ("Page", "stored"),
        ("", "quarantined"),
        ("Quote Requested", "stored"),
        ("Page", "duplicate"),
    ]
    place.receive(MONDAY, quote)
    assert results(place)[-1] == ("Quote Requested", "duplicate")


def test_what_is_told_of_an_event(place: Installation) -> None:
    place.receive(
        MONDAY, track(user("ada-4821"), "Quote Requested", MONDAY - days(1), **QUOTE, note="call ann@x.example")
    )
    view = page(visitor("anna"), MONDAY, "/pricing?email=ann@x.example")
    place.receive(MONDAY, view)
    quote, seen = told(place)
    assert (quote.source, quote.kind, quote.who) == ("website", "track", "u…4821")
    assert (quote.received_micros - quote.occurred_micros) == 24 * 3_600_000_000
    assert dict(quote.properties) == QUOTE
    assert (seen.who, seen.path) == ("visitor anna", "/pricing")


def test_why_something_is_in_quarantine(place: Installation) -> None:
    place.receive(MONDAY, track(user("ada"), "Quote Requested", MONDAY, seats="four", email="ann@x.example"))
    (refused,) = told(place)
    assert (refused.result, refused.code, refused.kind, refused.who) == (
        "quarantined",
        "Required-Missing",
        "track",
        "u…",
    )
    assert "quote_id is missing" in refused.reason
    assert refused.violations[:2] == ("quote_id is missing", "seats is string, planned is integer")
    assert "ann@x.example" not in repr(refused)


def test_a_test_source_is_told_and_not_stored(place: Installation) -> None:
    EventSource.objects.filter(name="website").update(test=True)
    broken = track(user("ada"), "Quote Requested", MONDAY, seats="four")
    report = place.receive(MONDAY, page(visitor("anna"), MONDAY), broken)
    assert (report.stored, report.quarantined) == (0, 0)
    assert results(place) == [("Page", "test"), ("Quote Requested", "test")]
    assert [each.code for each in told(place)] == ["", "Required-Missing"]


def test_traits_are_told_by_name(place: Installation) -> None:
    place.receive(MONDAY, identify(user("ada"), MONDAY, email="ada@x.example", firstName="Ada"))
    (known,) = told(place)
    assert set(known.traits) == {"email", "first_name"}
    assert "ada@x.example" not in repr(known)


def test_warnings_are_told(place: Installation) -> None:
    EventSource.objects.filter(name="website").update(mode="warn")
    place.receive(MONDAY, track(user("ada"), "Quote Requested", MONDAY, seats=4))
    (warned,) = told(place)
    assert (warned.result, warned.violations) == ("stored", ("quote_id is missing",))


def test_of_a_large_segment_the_newest_are_told(place: Installation) -> None:
    views = [page(visitor("anna"), MONDAY, f"/{number}") for number in range(TOLD + 50)]
    place.receive(MONDAY, *views[:-1], b'{"type": 7}', views[-1], views[-1])
    assert len(told(place)) == TOLD
    assert told(place)[-1].result == Result.DUPLICATE
    assert [each.result for each in told(place)[-3:]] == ["quarantined", "stored", "duplicate"]


def test_a_segment_whose_later_steps_fail_is_told_once(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(run: segment.SegmentRun) -> None:  # noqa: ARG001  # the signature of a step
        raise OSError("no space")

    place.send(MONDAY, page(visitor("anna"), MONDAY))
    with monkeypatch.context() as patch:
        patch.setattr("leadline.pipeline.tick.STEPS", (*segment.STEPS[:5], fail))
        for _ in range(2):
            with pytest.raises(OSError, match="no space"):
                place.tick(MONDAY)
    place.tick(MONDAY)
    assert results(place) == [("Page", "stored")]


@pytest.mark.parametrize(
    ("user_id", "anonymous_id", "shown"),
    [
        ("usr_eb3be57936b94c54", None, "u…4c54"),
        ("42", "b-1", "4…"),
        ("ana@works.example", None, "a…"),
        (None, "1f0c-77a2-3f9a", "visitor 3f9a"),
        (None, "--", "visitor "),
        (None, None, ""),
    ],
)
def test_people_are_masked(user_id: str | None, anonymous_id: str | None, shown: str) -> None:
    assert masked(user_id, anonymous_id) == shown
