"""A text that was cut inside an emoji costs neither its batch nor its event."""

import json

import pytest
from collector_station import BASIC, Station
from hypothesis import given
from hypothesis import strategies as st

from leadline.tracking.collector.surrogates import may_hold_halves, without_halves

TEXTS = st.text(st.characters() | st.sampled_from('\\u\ud83d\ude00"dD8'), max_size=12)


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/track", "/batch/"])
@pytest.mark.parametrize(
    ("cut", "kept"),
    [
        (r"\ud83d", "\ufffd"),
        (r"\ude00", "\ufffd"),
        (r"\ud83dx", "\ufffdx"),
        (r"\ud83d\ud83d\ude00", "\ufffd\U0001f600"),
        (r"\ud83d\ude00\ude00", "\U0001f600\ufffd"),
        (r"\\ud83d \ud83d", "\\ud83d \ufffd"),
        (r"\\\ud83d", "\\\ufffd"),
    ],
)
def test_a_half_is_replaced(station: Station, path: str, cut: str, kept: str) -> None:
    body = f'{{"batch":[{{"event":"{cut}"}},{{"event":"B"}}],"event":"{cut}","api_key":"WK"}}'
    assert station.post(path, body.encode(), BASIC).status == 200
    spooled = json.loads(station.records()[0].body)
    assert [spooled["event"], *(each["event"] for each in spooled["batch"])] == [kept, kept, "B"]


def test_whole_characters_are_spooled_as_they_came(station: Station) -> None:
    body = rb'{"event":"\ud83d\ude00 \\ud83d"}'
    assert station.post("/v1/track", body).status == 200
    assert station.records()[0].body == body


def test_what_is_broken_in_another_way_stays_refused(station: Station) -> None:
    for body in (rb'{"event":"\ud83d"', b'{"event":"\\ud83d\xff"}', rb'{"event":"\ud83', rb'{"event":\ud83d}'):
        assert station.post("/v1/track", body).json()["code"] == "malformed_json"


@given(st.lists(TEXTS))
def test_only_halves_are_touched(texts: list[str]) -> None:
    body = json.dumps(texts).encode()
    mended = without_halves(body) if may_hold_halves(body) else body
    assert json.loads(mended) == [_whole(text) for text in texts]


def _whole(text: str) -> str:
    """The same with U+FFFD for halves, by way of UTF-16."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
