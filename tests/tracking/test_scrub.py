"""What of an event's properties, path and campaign may be stored."""

import time
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tracking_cast import draft_of, message

from leadline.tracking.scrub import (
    clean_label,
    clean_path,
    host_of,
    is_personal_name,
    scrub,
    well_named,
    without_addresses,
)

NOBODY: frozenset[str] = frozenset()
ADDRESS = "jane.canary@acme.example"
TEXT = st.text(max_size=20)
LEAF = st.none() | st.booleans() | st.integers() | TEXT
JSON = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=6
)


def unlisted(**properties: object) -> dict[str, object]:
    return scrub(properties, NOBODY, NOBODY)


def listed(value: object) -> object:
    return scrub({"note": value}, frozenset({"note"}), NOBODY).get("note")


@pytest.mark.parametrize("value", ["calculator", "guide-7", "a.b:c", 12, 1.5, True, False, 0, "2026-03-01", ["a", 1]])
def test_numbers_booleans_and_code_like_words_stay(value: object) -> None:
    assert unlisted(x=value) == {"x": value}
    assert listed(value) == value


def test_free_text_stays_only_when_listed() -> None:
    text = "We need two bookkeepers"
    assert unlisted(x=text) == {}
    assert listed(text) == text


def test_what_the_plan_marks_personal_goes_even_if_it_is_listed() -> None:
    assert scrub({"note": "a"}, frozenset({"note"}), frozenset({"note"})) == {}


@pytest.mark.parametrize(
    "name",
    "email Email userEmail user_email workEmail e-mail E_Mail emailAddress firstName first-name FirstName lastName "
    "name contactName ownerName customer_name phone phoneNumber mobile homePhone IPAddress ipAddress billingAddress "
    "givenName userID username password accessToken zip postcode city birthday".split(),
)
def test_names_that_mean_a_person_go_in_any_spelling(name: str) -> None:
    assert is_personal_name(name)
    assert unlisted(**{name: "Jane"}) == {}


@pytest.mark.parametrize("name", "tool toolName courseName course_name page pageId stage usage planName strip".split())
def test_other_names_stay(name: str) -> None:
    assert unlisted(**{name: "a"}) == {name: "a"}


def test_a_personal_name_stays_when_listed() -> None:
    assert scrub({"city": "Manila"}, frozenset({"city"}), NOBODY) == {"city": "Manila"}


@pytest.mark.parametrize(
    "value", [ADDRESS, f"to {ADDRESS} now", f"<{ADDRESS}>", "mailto:" + ADDRESS, "jane%40acme.example"]
)
def test_addresses_go_listed_or_not(value: str) -> None:
    assert unlisted(x=value) == {}
    assert listed(value) is None


@pytest.mark.parametrize(
    "value", ["+15551234567", "+49 (0)30 123456", "(555) 123-4567", "555 123 4567", "call +63 917 123 4567"]
)
def test_telephone_numbers_as_text_go_listed_or_not(value: str) -> None:
    assert unlisted(x=value) == {}
    assert listed(value) is None


def test_bare_digits_stay_only_when_listed_since_orders_are_numbered_so() -> None:
    for value in ("15551234567", "1234567.50"):
        assert unlisted(x=value) == {}
        assert listed(value) == value


@pytest.mark.parametrize("number", [15551234567, -15551234567, 15551234567.0, 10**30])
def test_large_whole_numbers_stay_only_when_listed(number: float) -> None:
    assert unlisted(x=number) == {}
    assert listed(number) == number


@pytest.mark.parametrize("value", ["quote-2026-0000123", "2026-03-01", "2026-03-01T10:00:00Z", "10:20:30", "v1.2.3"])
def test_ids_dates_and_times_are_no_telephone_numbers(value: str) -> None:
    assert unlisted(x=value) == {"x": value}
    assert listed(value) == value


@pytest.mark.parametrize(
    "value", ["192.168.0.1", "10.0.0.1:8080", "2001:db8::1", "fe80::1", "::1", "::ffff:10.0.0.1", "1:2:3:4:5:6:7:8"]
)
def test_ip_addresses_go_listed_or_not(value: str) -> None:
    assert unlisted(x=value) == {}
    assert listed(value) is None


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://acme.example/tools/quote?email=a@b.example#top", "/tools/quote"),
        ("/tools/quote?token=1", "/tools/quote"),
        ("https://jane@acme.example/x", "/x"),
        (f"/people/{ADDRESS}/edit", "/people/:id/edit"),
        ("/people/jane%40acme.example", "/people/:id"),
        ("/orders/12345678/lines/12", "/orders/:id/lines/12"),
        ("/o/550e8400-e29b-41d4-a716-446655440000", "/o/:id"),
        ("/reset/0123456789abcdef0123", "/reset/:id"),
        ("/reset/Ab3" + "x" * 30, "/reset/:id"),
        ("/" + "x" * 90, "/:id"),
        ("/reset/bmfzdz-0123456789abcdef0123456789abcdef/", "/reset/:id/"),
        ("/join/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.c2ln-nature", "/join/:id"),
        ("/confirm/jane:1sXyZa:" + "a-_" * 9, "/confirm/:id"),
        ("/blog/2026-03-01/top-10-offshore-staffing-companies", "/blog/2026-03-01/top-10-offshore-staffing-companies"),
        ("//[bad", None),
        ("?a=1", None),
        ("", None),
    ],
)  # fmt: skip
def test_paths_lose_queries_and_ids(url: str, path: str | None) -> None:
    assert clean_path(url) == path
    if url.startswith(("/", "https://")):
        assert unlisted(x=url) == ({"x": path} if path else {})
        assert listed(url) == path


def test_text_that_only_begins_like_a_path_is_free_text() -> None:
    assert unlisted(x="/me asks for Jane Doe") == {}
    assert unlisted(x="see https://acme.example for Jane Doe") == {}
    assert listed("see https://acme.example/a?token=1 now") == "see https://acme.example/a now"


def test_nested_objects_and_lists_are_scrubbed_alike() -> None:
    nested = {"tool": "a", "email": "x", "who": [{"firstName": "Jane", "n": 1}, ADDRESS, "free text", 15551234567]}
    assert unlisted(x=nested) == {"x": {"tool": "a", "who": [{"n": 1}]}}
    assert listed({"title": "Senior developer", "by": ADDRESS}) == {"title": "Senior developer"}
    assert len(unlisted(x=list(range(500)))["x"]) == 100


@pytest.mark.parametrize("key", [ADDRESS, "+15551234567", "192.168.0.1", "jane%40acme.example", "k" * 101])
def test_keys_that_look_like_addresses_go_listed_or_not(key: str) -> None:
    assert scrub({key: 1, "x": {key: 1}}, frozenset({key}), NOBODY) == {"x": {}}


def test_traits_named_like_an_address_go_nested_or_not() -> None:
    fine: dict[str, object] = {"plan": "pro", "company": {"name": "Acme"}}
    assert well_named(fine) is fine
    assert well_named({**fine, ADDRESS: True, "company": {"name": "Acme", ADDRESS: 1}}) == fine


def test_nul_characters_go() -> None:
    assert listed("a\0b") == "ab"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.google.com/search?q=jane", "www.google.com"),
        ("https://jane:pw@Mail.example:8080/", "mail.example"),
        ("https://10.0.0.1/", None),
        ("https://[bad/", None),
        ("jane@acme.example", None),
        ("", None),
        (7, None),
    ],
)
def test_of_a_referrer_only_the_host_stays(url: object, host: str | None) -> None:
    assert host_of(url) == host


def test_campaign_labels_with_anything_personal_go() -> None:
    labels = [clean_label(value) for value in ("Spring sale", ADDRESS, "+15551234567", "", None, 7, "x" * 200)]
    assert labels == ["Spring sale", None, None, None, None, None, "x" * 120]


def test_addresses_in_text_are_blotted_out() -> None:
    assert without_addresses(f"Mailed {ADDRESS} twice") == "Mailed [address] twice"


def planted(value: Any, address: str, draw: Any) -> Any:
    """The value with an address somewhere in it: as a value, a key, or inside text."""
    if isinstance(value, dict):
        key = draw(st.sampled_from([address, "x", "note", "url"]))
        return {**value, key: planted(draw(JSON), address, draw) if draw(st.booleans()) else address}
    if isinstance(value, list):
        return [*value, planted(draw(LEAF), address, draw)]
    return draw(st.sampled_from(["", "https://acme.example/", "/", "to ", "?email=", "a/"])) + address + draw(TEXT)


@settings(deadline=None)  # shared cores
@given(st.data(), st.emails(), st.dictionaries(TEXT, JSON, max_size=3), st.booleans())
def test_a_planted_address_never_survives(data: Any, address: str, properties: dict[str, Any], is_listed: bool) -> None:
    given_properties = planted(properties, address, data.draw)
    names = frozenset(given_properties) if is_listed else NOBODY
    kept = scrub(given_properties, names, NOBODY)
    assert address not in msgspec.json.encode(kept).decode()
    assert address not in str(kept)


@settings(deadline=None)  # shared cores
@given(st.data(), st.emails(), st.sampled_from(["properties", "context", "event", "name"]))
def test_a_planted_address_is_nowhere_in_what_the_event_store_gets(data: Any, address: str, field: str) -> None:
    value = planted({} if field in {"properties", "context"} else "", address, data.draw)
    if field == "context":
        value = {
            "page": {"path": address, "url": address, "referrer": address},
            "campaign": {"source": address, "name": value},
        }
    body = message(data.draw(st.sampled_from(["track", "page"])), **{field: value}) | {"anonymousId": "v1"}
    draft = draft_of({"event": "A", **body})
    assert address not in str((draft.name, draft.properties, draft.place))


@pytest.mark.parametrize("text", ["a" * 30_000 + " @", "a" * 30_000 + " %40", ":" * 30_000 + "x", "a://" * 7_500 + " "])
def test_no_text_takes_long(text: str) -> None:
    """Anybody may send one: some took five seconds, in which nothing else came through."""
    began = time.perf_counter()
    without_addresses(text)
    scrub({"note": text, "other": text}, frozenset({"note"}), NOBODY)
    assert time.perf_counter() - began < 0.5
