"""What PostHog's events mean, and what headers and envelopes add to messages."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.kernel.clock import to_micros
from leadline.tracking.moments import occurred_micros
from leadline.tracking.posthog import segment_message
from leadline.tracking.spool import SpoolRecord
from leadline.tracking.wire import Envelope, unpack

from collector_station import NOON, NOON_MICROS  # isort: skip

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = "event distinct_id uuid timestamp offset sent_at properties $set $set_once options".split()
PROPERTIES = (
    "$lib $groups $group_type $group_key $group_set $set $anon_distinct_id alias $user_id $is_identified "
    "distinct_id $current_url utm_source $session_id $process_person_profile"
).split()
NAMES = ["$pageview", "$screen", "$identify", "$set", "$create_alias", "$groupidentify", "$pageleave", "Tool Used"]


def said(name: str, distinct_id: Any = "x", /, **properties: Any) -> dict[str, Any]:
    """The message that an event of this name stands for."""
    return segment_message({"event": name, "distinct_id": distinct_id, "properties": properties}, NOON_MICROS)


def record(body: Any, route: str = "posthog", headers: Mapping[str, str] | None = None) -> SpoolRecord:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return SpoolRecord(7, NOON_MICROS, route, raw, dict(headers or {}))


def envelopes(body: Any, route: str = "posthog", headers: Mapping[str, str] | None = None) -> list[Envelope]:
    return list(unpack(record(body, route, headers), 10))


def test_a_page_view_has_its_page_and_campaign_where_segment_has_them() -> None:
    message = said(
        "$pageview",
        **{
            "$current_url": "https://a.example/x?y=1",
            "$pathname": "/x",
            "$referrer": "https://b.example/",
            "title": "X",
            "utm_source": "news",
            "utm_campaign": "spring",
            "$browser": "Chrome",
            "$raw_user_agent": "Mozilla",
            "$lib": "web",
            "$lib_version": "1.449.2",
            "$session_id": "s",
            "token": "WK",
            "distinct_id": "x",
            "plan": "free",
        },
    )
    assert message["type"] == "page"
    assert message["anonymousId"] == "x"
    assert message["properties"] == {"plan": "free", "title": "X"}
    assert message["context"] == {
        "page": {"url": "https://a.example/x?y=1", "path": "/x", "referrer": "https://b.example/", "title": "X"},
        "campaign": {"source": "news", "name": "spring"},
        "library": {"name": "web", "version": "1.449.2"},
        "userAgent": "Mozilla",
        "sessionId": "s",
    }


def test_a_direct_visit_has_no_referrer() -> None:
    page = said("$pageview", **{"$pathname": "/", "$referrer": "$direct"})["context"]["page"]
    assert page == {"path": "/"}


@pytest.mark.parametrize(
    ("properties", "user"),
    [
        ({"$lib": "web", "$is_identified": True, "$device_id": "d"}, True),
        ({"$lib": "web", "$is_identified": False, "$device_id": "x"}, False),
        ({"$lib": "web", "$user_id": "x", "$device_id": "d"}, True),
        ({"$lib": "web", "$user_id": "other"}, False),
        ({"$lib": "web"}, False),
        ({"$lib": "posthog-ios"}, False),
        ({"$lib": "posthog-python"}, True),
        ({"$lib": "posthog-node"}, True),
        ({"$lib": "posthog-python", "$process_person_profile": False}, False),
        ({"$lib": "posthog-python", "$device_id": "x"}, False),
        ({"$lib": 5}, False),
        ({}, False),
    ],
)
def test_a_distinct_id_is_a_users_when_the_client_knows_so(properties: dict[str, Any], user: bool) -> None:
    message = said("Tool Used", **properties)
    assert message.get("userId" if user else "anonymousId") == "x"
    assert ("anonymousId" if user else "userId") not in message


def test_the_agent_of_the_request_tells_the_library_where_the_event_does_not() -> None:
    event = {"event": "E", "distinct_id": "x", "properties": {}}
    assert segment_message(event, NOON_MICROS, "posthog-python/7.91.1")["userId"] == "x"
    without = event | {"options": {"process_person_profile": False}}
    assert segment_message(without, NOON_MICROS, "posthog-python/7.91.1")["anonymousId"] == "x"
    assert segment_message(event, NOON_MICROS, "Mozilla/5.0")["anonymousId"] == "x"


def test_identify_joins_the_visitor_and_the_user() -> None:
    sets = {
        "$set": {"email": "j@a.example", "$browser": "Chrome", "utm_source": "x"},
        "$set_once": {"email": "old", "plan": "a"},
    }
    event = {"event": "$identify", "distinct_id": "u1", "properties": {"$anon_distinct_id": "v1"}} | sets
    message = segment_message(event, NOON_MICROS)
    assert (message["type"], message["userId"], message["anonymousId"]) == ("identify", "u1", "v1")
    assert message["traits"] == {"email": "j@a.example", "plan": "a"}


@pytest.mark.parametrize("name", ["$set", "$set_once"])
def test_setting_properties_is_an_identify(name: str) -> None:
    message = said(name, "u1", **{"$is_identified": True, name: {"plan": "a"}})
    assert (message["type"], message["userId"], message["traits"]) == ("identify", "u1", {"plan": "a"})


def test_properties_of_the_person_come_with_any_event() -> None:
    message = said("Tool Used", **{"$set": {"plan": "a"}, "tool": "t"})
    assert (message["event"], message["properties"], message["traits"]) == ("Tool Used", {"tool": "t"}, {"plan": "a"})


def test_an_alias_leads_from_the_old_id_to_the_new_one() -> None:
    message = said("$create_alias", "v1", alias="u1", distinct_id="v1")
    assert {key: message[key] for key in ("type", "userId", "previousId")} == {
        "type": "alias",
        "userId": "u1",
        "previousId": "v1",
    }


def test_a_group_has_its_key_and_properties() -> None:
    group = {"$group_type": "company", "$group_key": "acme", "$group_set": {"seats": 5}}
    message = said("$groupidentify", "u1", **group, **{"$is_identified": True})
    assert (message["type"], message["groupId"], message["traits"]) == ("group", "acme", {"seats": 5})
    assert message["userId"] == "u1"


@pytest.mark.parametrize(
    ("distinct_id", "library", "person"),
    [
        ("$company_acme", "posthog-python", None),
        ("$company_acme", "web", None),
        ("7b0c3c58-9a0e-4d3a-8a53-1f2d5e0a9c11", "posthog-python", None),
        ("7b0c3c58-9a0e-4d3a-8a53-1f2d5e0a9c11", "web", "anonymousId"),
        ("u1", "posthog-python", "userId"),
    ],
)
def test_the_person_that_a_library_makes_up_for_a_group_is_nobody(
    distinct_id: str, library: str, person: str | None
) -> None:
    group = {"$group_type": "company", "$group_key": "acme", "$lib": library}
    message = said("$groupidentify", distinct_id, **group)
    assert {"userId", "anonymousId"} & set(message) == ({person} if person else set())


@pytest.mark.parametrize(
    ("groups", "company"),
    [({"company": "a", "team": "b"}, "a"), ({"organization": "o"}, "o"), ({"team": "b"}, "b"),
     ({"team": "b", "guild": "c"}, None), ("a", None), ({}, None)],
)  # fmt: skip
def test_the_group_that_is_a_company_is_found(groups: Any, company: str | None) -> None:
    assert said("E", **{"$groups": groups}).get("context", {}).get("groupId") == company


def test_a_screen_has_its_name() -> None:
    message = said("$screen", **{"$screen_name": "Home", "a": 1})
    assert (message["type"], message["name"], message["properties"]) == ("screen", "Home", {"a": 1})


@pytest.mark.parametrize("name", ["$pageleave", "$autocapture", "Tool Used"])
def test_other_events_keep_their_names(name: str) -> None:
    assert (said(name)["type"], said(name)["event"]) == ("track", name)


def test_ids_and_times_are_carried_over() -> None:
    first, second = envelopes(
        {
            "api_key": "WK",
            "sent_at": "2026-01-01T11:00:10Z",
            "batch": [
                {"event": "E", "distinct_id": "x", "uuid": "m-1", "timestamp": "2026-01-01T11:00:00Z"},
                {"event": "E", "distinct_id": "x", "properties": {"$insert_id": "m-2"}, "offset": 2_500},
            ],
        }
    )
    assert first.message is not None
    assert second.message is not None
    assert (first.message.message_id, second.message.message_id) == ("m-1", "m-2")
    assert (first.position, second.position) == (10, 11)
    assert _occurred(first) == NOON_MICROS - 10_000_000
    assert _occurred(second) == NOON_MICROS - 2_500_000


@pytest.mark.parametrize("offset", [-5, 1e9, "5", True, None, 10**12])
def test_an_odd_offset_is_no_time(offset: Any) -> None:
    message = segment_message({"event": "E", "distinct_id": "x", "offset": offset}, NOON_MICROS)
    assert "timestamp" not in message


def test_events_brought_over_keep_the_times_that_they_have() -> None:
    event = {"event": "E", "distinct_id": "x", "timestamp": "2025-06-01T00:00:00Z"}
    body = {"historical_migration": True, "sent_at": "2026-01-01T13:00:00Z", "batch": [event]}
    (envelope,) = envelopes(body, headers={"sentat": "2026-01-01T13:00:00Z"})
    assert _occurred(envelope) == to_micros(NOON.replace(year=2025, month=6, hour=0))


def _occurred(envelope: Envelope) -> int:
    assert envelope.message is not None
    return occurred_micros(envelope.message.timestamp, envelope.sent_at, NOON_MICROS)


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ({"event": "E", "distinct_id": "x"}, 1),
        ([{"event": "E"}, {"event": "F"}], 2),
        ({"batch": [{"event": "E"}]}, 1),
        ([], 0),
    ],
)
def test_one_event_a_list_or_a_batch(body: Any, count: int) -> None:
    assert [envelope.fault for envelope in envelopes(body)] == [""] * count
    assert len(envelopes(b"  " + json.dumps(body).encode())) == count


def test_what_is_kept_of_an_event_is_the_message() -> None:
    (envelope,) = envelopes({"event": "E", "distinct_id": "x", "properties": {"$browser": "y", "a": 1}})
    assert json.loads(envelope.raw) == {"type": "track", "event": "E", "anonymousId": "x", "properties": {"a": 1}}


def test_one_bad_event_does_not_cost_the_others() -> None:
    found = envelopes(b'[{"event":"A"},5,"x",[],{"event":"B"}]')
    assert [bool(each.fault) for each in found] == [False, True, True, True, False]
    assert found[1].raw == b"5"


@pytest.mark.parametrize("body", [b"", b"{", b'{"batch":5}', b"\xff", b"[" * 9_000])
def test_what_cannot_be_read_is_one_envelope_with_a_fault(body: bytes) -> None:
    (envelope,) = envelopes(body)
    assert envelope.fault
    assert envelope.raw == body


def test_a_replay_is_a_batch() -> None:
    (envelope,) = envelopes({"batch": [{"type": "track", "event": "E", "messageId": "m"}]}, "replay")
    assert envelope.message is not None
    assert envelope.message.message_id == "m"


class TestRudderStacksHeaders:
    """Who it is and when it was sent, where the body lacks them."""

    HEADERS = {"anonymousid": base64.b64encode(b"v1").decode(), "sentat": "2026-01-01T11:00:10Z"}

    @pytest.mark.parametrize("route", ["track", "batch"])
    @pytest.mark.parametrize("given", [None, ""])
    def test_they_fill_what_is_missing(self, route: str, given: str | None) -> None:
        message = {"type": "track", "event": "E", "userId": "", "anonymousId": given}
        (envelope,) = envelopes({"batch": [message]} if route == "batch" else message, route, self.HEADERS)
        assert envelope.message is not None
        assert (envelope.message.anonymous_id, envelope.sent_at) == ("v1", self.HEADERS["sentat"])

    @pytest.mark.parametrize("route", ["track", "batch"])
    def test_the_bodys_own_win(self, route: str) -> None:
        message = {"type": "track", "anonymousId": "v2", "sentAt": "2026-01-01T11:00:20Z"}
        body = {"batch": [message], "sentAt": "2026-01-01T11:00:30Z"} if route == "batch" else message
        (envelope,) = envelopes(body, route, self.HEADERS)
        assert envelope.message is not None
        assert (envelope.message.anonymous_id, envelope.sent_at) == ("v2", "2026-01-01T11:00:20Z")

    @pytest.mark.parametrize("header", ["not base64!", "/w==", "", "Zm9v\xff"])
    def test_what_is_not_base64_is_nobody(self, header: str) -> None:
        (envelope,) = envelopes({"type": "track"}, "track", {"anonymousid": header})
        assert envelope.message is not None
        assert envelope.message.anonymous_id is None


@given(
    st.dictionaries(st.sampled_from(FIELDS), JSON),
    st.dictionaries(st.sampled_from(PROPERTIES), JSON),
    st.sampled_from(NAMES),
)
def test_no_event_makes_it_raise(fields: dict[str, Any], properties: dict[str, Any], name: str) -> None:
    for event in (
        fields,
        {"event": name, "properties": properties} | fields,
        {"properties": properties, "event": name},
    ):
        for envelope in unpack(record(msgspec.json.encode([event, {"batch": event}])), 0):
            assert envelope.message or envelope.fault


@given(st.binary(max_size=60))
def test_no_bytes_make_it_raise(body: bytes) -> None:
    assert all(envelope.message or envelope.fault for envelope in unpack(record(body), 0))
