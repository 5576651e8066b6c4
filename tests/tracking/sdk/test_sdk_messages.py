"""What a call makes of its arguments: a message that the door takes, or an error at once."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sdk_cast import KEY, FakeCollector, tracker_of
from tracking_cast import NOON, normalised, record

from leadline import EventTracker
from leadline.kernel.errors import ConfigurationError, TerminalError
from leadline.tracking import wire
from leadline.tracking.normalise import Draft
from leadline.tracking.plan_document import load_plan
from leadline.tracking.sdk import InvalidMessageError, messages
from leadline.tracking.sdk.transport import batch_url

OFF = EventTracker("", "", enabled=False)
ANY_PLAN = load_plan("name: any\nevents: {}\n")


def sent(method: str, *arguments: Any, **options: Any) -> dict[str, Any]:
    """The message that a call sends."""
    collector = FakeCollector()
    with tracker_of(collector, clock=lambda: NOON) as tracker:
        message_id = getattr(tracker, method)(*arguments, **options)
    (message,) = collector.stored
    assert message["messageId"] == message_id
    return message


def test_track_is_a_segment_message_with_a_new_id_and_the_time_of_the_call() -> None:
    message = sent("track", "u1", "Tool Used", {"tool": "calculator"})
    assert UUID(message.pop("messageId"))
    assert message == {
        "type": "track", "event": "Tool Used", "userId": "u1", "properties": {"tool": "calculator"},
        "timestamp": "2026-03-01T12:00:00+00:00",
    }  # fmt: skip


def test_each_kind_has_its_own_fields() -> None:
    assert sent("identify", "u1", {"title": "CEO"})["traits"] == {"title": "CEO"}
    page = sent("page", "u1", "Pricing", {"a": 1}, category="Sales")
    assert (page["name"], page["category"], page["properties"]) == ("Pricing", "Sales", {"a": 1})
    assert "name" not in sent("screen", "u1")
    group = sent("group", "u1", "g1", {"name": "Acme"})
    assert (group["groupId"], group["traits"]) == ("g1", {"name": "Acme"})
    alias = sent("alias", "visitor", "u1")
    assert (alias["previousId"], alias["userId"]) == ("visitor", "u1")


def test_what_every_call_takes() -> None:
    when = datetime(2026, 2, 1, 10, tzinfo=timezone(timedelta(hours=2)))
    message = sent(
        "track", event="E", anonymous_id=UUID(int=5), timestamp=when, context={"groupId": "g"}, message_id="m-1"
    )
    assert message["anonymousId"] == str(UUID(int=5))
    assert (message["timestamp"], message["context"], message["messageId"]) == (
        "2026-02-01T08:00:00+00:00", {"groupId": "g"}, "m-1",
    )  # fmt: skip
    assert "userId" not in message


def test_values_of_python_become_json() -> None:
    given = {"at": NOON, "day": date(2026, 1, 2), "id": UUID(int=1), "amount": Decimal("99.50"), "tags": {"a"}}
    assert sent("track", 7, "E", given)["properties"] == {
        "at": "2026-03-01T12:00:00Z", "day": "2026-01-02", "id": str(UUID(int=1)), "amount": 99.5, "tags": ["a"],
    }  # fmt: skip


def test_a_mapping_that_changes_after_the_call_changes_nothing() -> None:
    collector, properties = FakeCollector(), {"step": 1}
    with tracker_of(collector) as tracker:
        tracker.track("u1", "E", properties)
        properties["step"] = 2
    assert collector.stored[0]["properties"] == {"step": 1}


def test_track_event_is_track() -> None:
    assert EventTracker.track_event is EventTracker.track


@pytest.mark.parametrize(
    ("method", "arguments", "told"),
    [
        ("track", ((), {"event": "E"}), "about nobody"),
        ("track", (("anonymous", "E"), {}), "names nobody"),
        ("track", (("0", "E"), {}), "names nobody"),
        ("track", ((True, "E"), {}), "names nobody"),
        ("track", ((10**5000, "E"), {}), "names nobody"),
        ("track", (("u1", ""), {}), "event is ''"),
        ("track", (("u1", "\0 "), {}), "not blank"),
        ("track", (("u1", 5), {}), "must be text"),
        ("track", (("u1", "E", [1]), {}), "properties is a list"),
        ("track", (("u1", "E", {"a": object()}), {}), "does not fit into JSON"),
        ("track", (("u1", "E", {"a": "\ud800"}), {}), "does not fit into JSON"),
        ("track", (("u1", "E", {"a": Decimal("NaN")}), {}), "does not fit into JSON"),
        ("track", (("u1", "E", {"a": "x" * 33_000}), {}), "32 KB"),
        ("track", (("u1", "E"), {"timestamp": datetime(2026, 1, 1)}), "no time zone"),  # noqa: DTZ001  # the subject
        ("track", (("u1", "E"), {"timestamp": datetime(1999, 1, 1, tzinfo=UTC)}), "before the year 2000"),
        ("track", (("u1", "E"), {"timestamp": "yesterday"}), "not ISO 8601"),
        ("track", (("u1", "E"), {"timestamp": 5}), "not ISO 8601 text"),
        ("track", (("u1", "E"), {"context": "x"}), "context is a str"),
        ("track", (("u1", "E"), {"message_id": " "}), "message_id"),
        ("identify", (("u1", "x"), {}), "traits is a str"),
        ("group", (("u1",), {}), "group_id is missing"),
        ("alias", (("null", "u1"), {}), "names nobody"),
        ("alias", (("v1", None), {}), "user_id is missing"),
    ],
)
def test_what_could_never_be_stored_is_an_error_at_the_caller(method: str, arguments: Any, told: str) -> None:
    with pytest.raises(InvalidMessageError, match=told) as caught:
        getattr(OFF, method)(*arguments[0], **arguments[1])
    assert isinstance(caught.value, TerminalError)


def test_a_message_that_contains_itself_is_an_error_and_no_crash() -> None:
    around: dict[str, Any] = {}
    around["again"] = around
    with pytest.raises(InvalidMessageError):
        OFF.track("u1", "E", around)


def test_nesting_is_limited_as_at_the_door() -> None:
    def nested(levels: int) -> dict[str, Any]:
        value: dict[str, Any] = {}
        for _ in range(levels - 1):
            value = {"a": value}
        return value

    OFF.track("u1", "E", nested(messages.MAX_DEPTH))
    with pytest.raises(InvalidMessageError, match="nested"):
        OFF.track("u1", "E", nested(messages.MAX_DEPTH + 1))


def test_an_unknown_argument_is_an_error() -> None:
    with pytest.raises(TypeError, match="anonymus_id"):
        OFF.track("u1", "E", anonymus_id="v1")


def test_the_limits_are_the_collectors() -> None:
    assert (messages.MAX_MESSAGE_BYTES, messages.MAX_DEPTH) == (wire.MAX_EVENT_BYTES, wire.MAX_DEPTH)


@pytest.mark.parametrize(
    "host", ["", "events.example.com", "ftp://a.example", "http://", "http://a:x/", "https://a?b=c"]
)
def test_a_host_that_is_no_address_is_told_at_once(host: str) -> None:
    with pytest.raises(ConfigurationError, match="no http or https address"):
        EventTracker(KEY, host)


@pytest.mark.parametrize(
    "options", [{"write_key": " "}, {"write_key": "schlüssel"}, {"flush_at": 0}, {"max_queue": -1}, {"timeout": 0}]
)
def test_settings_that_make_no_sense_are_told_at_once(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        EventTracker(**{"write_key": KEY, "host": "http://a.example", **options})


def test_the_host_may_have_a_path_and_a_version() -> None:
    assert batch_url("https://a.example/leads/") == "https://a.example/leads/v1/batch"
    assert batch_url("https://a.example/v1") == "https://a.example/v1/batch"


def test_a_tracker_that_is_off_judges_and_sends_nothing() -> None:
    assert UUID(OFF.track("u1", "E"))
    assert OFF.flush()
    assert OFF.stats.sent == 0


ids = st.one_of(st.none(), st.text(max_size=12), st.integers(), st.uuids(), st.sampled_from(["null", "0", "u1"]))
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30), st.decimals(), st.uuids(),
    st.datetimes(), st.dates(), st.binary(max_size=9), st.builds(object),
)  # fmt: skip
bags = st.dictionaries(
    st.one_of(st.text(max_size=9), st.integers()),
    st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner)),
    max_size=4,
)
moments = st.one_of(
    st.none(), st.text(max_size=12), st.datetimes(), st.datetimes(timezones=st.timezones()), st.just("2026-01-01")
)
calls = st.one_of(
    st.tuples(st.sampled_from(["track", "page", "screen"]), ids, st.text(max_size=20), bags),
    st.tuples(st.just("identify"), ids, bags),
    st.tuples(st.just("group"), ids, ids, bags),
    st.tuples(st.just("alias"), ids, ids),
)


@given(calls, ids, moments, bags | st.none(), st.one_of(st.none(), st.text(max_size=5)))
@example(("track", "u1", "E", {"a": Decimal("1e400"), "b": 10**400, "c": float("inf")}), None, None, None, None)
@example(("track", "u1", "a@b.example", {}), "\0", "2026-01-01", {"page": 5, "traits": []}, "m")
def test_every_message_that_is_accepted_is_valid_at_the_door(
    call: tuple[Any, ...], anonymous_id: Any, timestamp: Any, context: Any, message_id: Any
) -> None:
    method, *arguments = call
    accepted: list[messages.Packed] = []
    tracker = EventTracker("", "", enabled=False)
    tracker._delivery.accept = accepted.append
    common = {"anonymous_id": anonymous_id, "timestamp": timestamp, "context": context, "message_id": message_id}
    try:
        returned = getattr(tracker, method)(*arguments, **common)
    except InvalidMessageError:
        assert accepted == []
        return
    (packed,) = accepted
    (draft,) = normalised(record(b'{"batch":[%s]}' % packed.payload, "batch"), plan=ANY_PLAN)
    assert isinstance(draft, Draft), draft
    assert draft.kind == method
    assert returned == packed.message_id == msgspec.json.decode(packed.payload)["messageId"]


def test_every_message_has_an_id_of_its_own() -> None:
    assert len({OFF.track("u1", "E") for _ in range(100)}) == 100
    assert OFF.track("u1", "E", message_id=str(chosen := uuid4())) == str(chosen)
