"""A message as people see it who must not see whose it is."""

import json

from hypothesis import given
from hypothesis import strategies as st

from leadline.tracking.masking import masked

SECRETS = ("jane@acme.example", "+61 2 9999 1234", "Jane Doe of Acme", "10.1.2.3", "u-secret-17")
MESSAGE = {
    "type": "track",
    "event": "Quote Requested",
    "userId": "u-secret-17",
    "anonymousId": None,
    "messageId": "jane@acme.example-1",
    "properties": {
        "seats": "four",
        "note": "Jane Doe of Acme",
        "phone": 61299991234,
        "total": 12.5,
        "tool": "cost",
        "agreed": True,
        "owner": "Jane",
        "empty": None,
        "lines": [{"sku": "a-1", "to": "jane@acme.example"}],
        "jane@acme.example": 1,
    },
    "traits": {"email": "jane@acme.example", "age": 41},
    "context": {"ip": "10.1.2.3", "page": {"title": "Jane Doe of Acme"}},
}


def test_the_form_stays_and_what_may_be_personal_is_masked() -> None:
    assert masked(MESSAGE, frozenset({"note"}), frozenset({"owner"})) == {
        "type": "track",
        "event": "Quote Requested",
        "userId": "(text of 11)",
        "properties": {
            "seats": "four",
            "note": "Jane Doe of Acme",
            "phone": "(whole number)",
            "total": 12.5,
            "tool": "cost",
            "agreed": True,
            "owner": "(text of 4)",
            "empty": None,
            "lines": [{"sku": "a-1", "to": "(text of 17)"}],
            "(personal)": "(whole number)",
        },
        "traits": {"email": "(text of 17)", "age": "(whole number)"},
    }


def test_what_is_not_listed_shows_no_free_text() -> None:
    assert masked(MESSAGE)["properties"]["note"] == "(text of 16)"


def test_what_is_no_message_shows_nothing() -> None:
    assert masked(["jane@acme.example"]) == masked({"undecodable": "00"}) == {}


PLACES = st.sampled_from([("properties", "note"), ("properties", "kind"), ("traits", "x"), ("context", "x")])


@given(st.dictionaries(PLACES, st.sampled_from(SECRETS), min_size=1), st.booleans())
def test_no_secret_is_shown_anywhere(places: dict[tuple[str, str], str], nested: bool) -> None:
    message: dict[str, dict[str, object]] = {}
    for (part, name), secret in places.items():
        message.setdefault(part, {})[name] = [{"deeper": secret}] if nested else secret
    shown = json.dumps(masked(message))
    assert not [secret for secret in SECRETS[:4] if secret in shown]
