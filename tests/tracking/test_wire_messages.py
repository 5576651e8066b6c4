"""What the door takes in: every kind of message, odd fields, and which messages cost only themselves."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tracking_cast import (
    NOON_MICROS,
    batch,
    draft_of,
    envelopes,
    message,
    normalised,
    record,
    rejection_of,
)

from leadline.tracking.normalise import Draft, Rejection
from leadline.tracking.wire import MAX_DEPTH, depth

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
FIELDS = "type event name userId anonymousId previousId groupId messageId timestamp sentAt properties traits context"


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (message("track", event="Tool Used"), "Tool Used"),
        (message("identify", userId="u1"), "identify"),
        (message("page", name="Pricing"), "Pricing"),
        (message("page"), "Page"),
        (message("screen", name="Home"), "Home"),
        (message("screen", name=""), "Screen"),
        (message("group", userId="u1", groupId="g1"), "group"),
        (message("alias", userId="u1", previousId="v1"), "alias"),
    ],
)
def test_every_kind_of_message_becomes_a_draft(body: dict[str, Any], name: str) -> None:
    draft = draft_of(body)
    assert (draft.kind, draft.name) == (body["type"], name)


@pytest.mark.parametrize(
    ("route", "kind"), [("t", "track"), ("i", "identify"), ("p", "page"), ("identify", "identify")]
)
def test_a_message_without_a_type_has_its_routes(route: str, kind: str) -> None:
    assert draft_of({"userId": "u1", "event": "Tool Used"}, route).kind == kind


def test_a_message_of_a_batch_without_a_type_is_quarantined() -> None:
    (rejection,) = normalised(batch({"userId": "u1"}))
    assert isinstance(rejection, Rejection)
    assert rejection.code == "unknown_type"
    assert "missing" in rejection.reason


def test_numeric_ids_are_text() -> None:
    draft = draft_of(message("group", userId=42, groupId=7))
    assert (draft.user_id, draft.group_id) == ("42", "7")


def test_a_numeric_message_id_is_the_same_as_its_text() -> None:
    assert draft_of(message(messageId=12)).message_key == draft_of(message(messageId="12")).message_key


def test_the_context_of_a_batch_is_merged_into_its_messages() -> None:
    shared = {"page": {"path": "/a"}, "campaign": {"source": "google"}, "groupId": "g1"}
    first, second = normalised(batch(message(), message(context={"page": {"path": "/b"}}), context=shared))
    assert isinstance(first, Draft)
    assert isinstance(second, Draft)
    assert (first.place.path, first.place.utm_source, first.group_id) == ("/a", "google", "g1")
    assert (second.place.path, second.place.utm_source, second.group_id) == ("/b", "google", "g1")


def test_an_odd_or_too_deep_context_of_a_batch_costs_nothing() -> None:
    deep: Any = {}
    for _ in range(50):
        deep = {"traits": deep}
    for context in ("text", 7, [], deep):
        assert isinstance(normalised(batch(message(), context=context))[0], Draft)


def test_the_sending_time_of_a_batch_counts_for_its_messages() -> None:
    body = message(timestamp="2026-03-01T10:00:00Z")
    (draft,) = normalised(batch(body, sentAt="2026-03-01T10:05:00Z"))
    assert isinstance(draft, Draft)
    assert draft.occurred_micros == NOON_MICROS - 5 * 60_000_000


@pytest.mark.parametrize("field", ["properties", "traits", "context", "messageId", "sentAt", "groupId", "name"])
@pytest.mark.parametrize("odd", [7, True, "text", [], [1], {"a": 1}, None])
def test_one_odd_field_does_not_cost_the_event(field: str, odd: object) -> None:
    assert draft_of(message(**{field: odd})).name == "Tool Used"


def test_one_bad_message_does_not_cost_the_batch() -> None:
    body = (
        b'{"batch":[{"type":"track","event":"A","userId":"u"},7,null,"x",{"type":"track","event":"\xff","userId":"u"},'
    )
    results = normalised(record(body + b'{"type":"track","event":"B","userId":"u"}]}', "batch"))
    assert [type(result) for result in results] == [Draft, *[Rejection] * 4, Draft]
    assert [result.position for result in results] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("body", "route", "code", "said"),
    [
        (message("tracked"), "batch", "unknown_type", "none of ours"),
        (message(type=["track"]), "batch", "unknown_type", "a list"),
        (message(type={"a": 1}), "batch", "unknown_type", "a dict"),
        (message(event=None), "track", "no_event", "name of its event"),
        (message(event="  "), "track", "no_event", "name of its event"),
        (message(event=["Tool Used"]), "track", "no_event", "name of its event"),
        (message(userId=None), "track", "no_identity", "userId or anonymousId"),
        (message(userId="", anonymousId="null"), "track", "no_identity", "userId or anonymousId"),
        (message(userId=1.5), "track", "no_identity", "userId or anonymousId"),
        (message("group", userId="u1"), "group", "no_group", "groupId"),
        (message("alias", userId="u1"), "alias", "no_alias", "previousId"),
        (message("alias", previousId="v1", userId=None), "alias", "no_alias", "userId"),
        (message(properties={"a": "x" * 33_000}), "track", "event_too_large", "32 KB"),
        (message(timestamp="yesterday"), "track", "bad_timestamp", "is not ISO 8601"),
        (message(timestamp=""), "track", "bad_timestamp", "not ISO 8601"),
        (message(timestamp=1772366400), "track", "bad_timestamp", "a int"),
        (message(timestamp="1970-01-01"), "track", "bad_timestamp", "before the year 2000"),
        (message(event="Quote Requested"), "track", "Required-Missing", "quote_id is missing"),
    ],
)  # fmt: skip
def test_what_cannot_be_an_event_is_quarantined_with_a_reason(body: Any, route: str, code: str, said: str) -> None:
    results = normalised(batch(body) if route == "batch" else record(body, route))
    (rejection,) = results
    assert isinstance(rejection, Rejection)
    assert rejection.code == code
    assert said in rejection.reason


@pytest.mark.parametrize("body", [b"", b"7", b"[]", b"{", b'{"event":"\xff"}', b"\xef\xbb\xbf{}", b"[" * 9_000])
@pytest.mark.parametrize("route", ["track", "batch"])
def test_what_is_no_message_is_malformed(body: bytes, route: str) -> None:
    (rejection,) = normalised(record(body, route))
    assert isinstance(rejection, Rejection)
    assert rejection.code == "malformed"
    assert rejection.raw == body


def test_a_broken_batch_is_malformed_however_large() -> None:
    assert rejection_of(b'{"batch":[' + b"1," * 40_000, "batch").code == "malformed"


@pytest.mark.parametrize("field", ["properties", "traits", "context"])
def test_what_is_nested_too_deep_is_quarantined(field: str) -> None:
    nested: Any = {}
    for _ in range(MAX_DEPTH - 1):
        nested = {"a": nested}
    assert draft_of(message(**{field: nested}))
    assert rejection_of(message(**{field: {"a": nested}})).code == "too_deep"


@pytest.mark.parametrize("field", ["type", "event", "timestamp", "userId", "messageId", "sentAt"])
def test_depth_anywhere_else_does_not_hurt(field: str) -> None:
    body = b'{"type":"track","event":"A","anonymousId":"v1","%s":%s}' % (field.encode(), b"[" * 900 + b"]" * 900)
    assert len(normalised(record(body))) == 1


def test_depth_stops_counting_at_its_limit() -> None:
    nested: Any = []
    for _ in range(10_000):
        nested = [nested]
    assert depth(nested, 100) == 101


def test_a_message_without_an_id_has_the_same_key_whenever_the_segment_is_read() -> None:
    segment = batch(message(), message(), message(messageId=" "), message(messageId=True), message(messageId=True))
    first, second = ([each.message_key for each in normalised(segment) if isinstance(each, Draft)] for _ in range(2))
    assert first == second
    assert len(set(first)) == 5


def test_messages_of_two_sources_do_not_share_keys() -> None:
    mine, other = record(message(messageId="m")), record(message(messageId="m"))
    (first,), (second,) = normalised(mine), normalised(msgspec.structs.replace(other, source=8))
    assert isinstance(first, Draft)
    assert isinstance(second, Draft)
    assert first.message_key != second.message_key
    assert 0 <= first.message_hash < 2**63


def test_nothing_personal_is_in_clear_in_a_rejection() -> None:
    for fields in ({"timestamp": "jane@acme.example"}, {"event": "x" * 118 + "jane@acme.example", "userId": ""}):
        rejection = rejection_of(message(**fields))
        assert "jane" not in rejection.reason + rejection.name
    assert "jane" not in rejection_of(message(event={"email": "jane@acme.example"})).name


def test_an_event_name_keeps_no_address_not_even_half_of_one() -> None:
    assert draft_of(message(event="Mailed jane@acme.example")).name == "Mailed [address]"
    assert "jane" not in draft_of(message(event="x" * 112 + " jane@acme.example")).name
    assert draft_of(message(event="A\0B")).name == "AB"


def test_the_traits_of_a_groups_context_are_not_the_companys() -> None:
    draft = draft_of(message("group", userId="u1", groupId="g1", context={"traits": {"name": "Jane Doe"}}))
    assert draft.traits == {}


def test_a_track_messages_context_may_carry_the_persons_traits() -> None:
    assert draft_of(message(context={"traits": {"firstName": "Jane"}})).traits == {"first_name": "Jane"}
    assert draft_of(message("identify", traits={}, context={"traits": {"title": "CEO"}})).traits == {"title": "CEO"}


@settings(deadline=None)  # shared cores
@given(st.dictionaries(st.sampled_from(FIELDS.split()), JSON))
def test_no_json_makes_it_raise_and_nothing_happens_after_it_arrived(body: dict[str, Any]) -> None:
    for fields in (body, {"type": "track", "event": "A", "userId": "u", **body}):
        for result in normalised(record(fields), batch(fields, sentAt=body.get("sentAt"), context=body.get("context"))):
            if isinstance(result, Draft):
                assert result.occurred_micros <= NOON_MICROS
            else:
                assert result.reason
                assert len(result.reason) <= 300


@settings(deadline=None)  # shared cores
@given(st.binary(max_size=60), st.sampled_from(["track", "batch", "b", "identify"]))
def test_no_bytes_make_it_raise(body: bytes, route: str) -> None:
    assert all(envelope.message or envelope.fault for envelope in envelopes(record(body, route)))
