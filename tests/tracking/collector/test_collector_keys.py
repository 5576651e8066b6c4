"""Write keys: where clients put them, and how the keyring is kept up to date."""

import json
import logging
from pathlib import Path

import pytest
from collector_station import BASIC, SPOOL_KEY, TRACK, Station, write_keyring

from leadline.tracking.collector import Keyring, authentication, create_app
from leadline.tracking.spool import SpoolWriter

UNKNOWN = {
    "code": "unknown_write_key",
    "message": "The write key is missing or unknown.",
    "detail": "Send it as the user name of HTTP Basic authentication, or as writeKey in the body.",
}


def keyed(key: object) -> bytes:
    return json.dumps({"batch": [{"type": "track"}], "writeKey": key}).encode()


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        (BASIC, None),
        ({"authorization": "basic V0s6"}, None),
        ({"authorization": "Basic V0s="}, None),
        ({"authorization": "Basic V0s6aWdub3JlZA=="}, None),
        ({}, "WK"),
        ({"authorization": "Bearer token"}, "WK"),
        ({"authorization": "Basic eDo="}, "WK"),
        ({"authorization": "Basic !"}, "WK"),
    ],
)
def test_a_key_is_found_in_header_or_body(station: Station, headers: dict[str, str], key: str | None) -> None:
    assert station.post("/v1/batch", keyed(key), headers).status == 200
    assert [record.source for record in station.records()] == [7]


@pytest.mark.parametrize("key", [None, "", "wk", "other", 5, ["WK"], {"WK": 1}])
@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer WK"}, {"authorization": "Basic eDo="}])
def test_unknown_keys_are_401(
    station: Station, caplog: pytest.LogCaptureFixture, headers: dict[str, str], key: object
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = station.post("/v1/batch", keyed(key), headers)
    assert (answer.status, answer.json()) == (401, UNKNOWN)
    assert station.records() == []
    assert "other" not in caplog.text


def test_singles_carry_their_key_in_the_body(station: Station) -> None:
    assert station.post("/v1/t", b'{"writeKey":"WK"}', {}).status == 200
    assert station.post("/v1/t", TRACK, {}).status == 401


def test_the_keyring_is_read_again_when_it_changes(
    station: Station, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(authentication, "CHECK_SECONDS", 0.0)
    path = station.folder / "keyring.json"
    assert station.post("/v1/t", TRACK).status == 200
    write_keyring(path, {"NEW": 8})
    assert station.post("/v1/t", TRACK).status == 401
    assert station.post("/v1/t", b'{"writeKey":"NEW"}', {}).status == 200
    path.write_text("{broken")
    assert station.post("/v1/t", b'{"writeKey":"NEW"}', {}).status == 200
    assert "can't be read" in caplog.text
    path.unlink()
    assert station.post("/v1/t", b'{"writeKey":"NEW"}', {}).status == 200


def test_it_is_looked_at_twice_a_second_at_most(station: Station) -> None:
    assert station.post("/v1/t", TRACK).status == 200
    write_keyring(station.folder / "keyring.json", {"NEW": 8})
    assert station.post("/v1/t", TRACK).status == 200


def test_without_a_keyring_every_key_is_unknown_and_readiness_says_why(tmp_path: Path) -> None:
    with SpoolWriter(tmp_path / "spool", SPOOL_KEY) as writer:
        station = Station(tmp_path, writer, create_app(writer, Keyring(tmp_path / "keyring.json")))
        assert station.post("/v1/t", TRACK).status == 401
        answer = station.get("/readyz")
    assert answer.status == 503
    assert answer.json() == {
        "code": "no_keyring",
        "message": "There is no keyring yet.",
        "detail": "The application writes it when it starts; until then every write key is unknown.",
    }
