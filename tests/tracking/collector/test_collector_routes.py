"""Which path takes what, and what of it reaches the spool."""

import pytest
from collector_station import BASIC, NOON_MICROS, TRACK, Station

from leadline.tracking.spool import SpoolRecord

BATCH = b'{"batch":[{"type":"track","event":"E"},5,{"nonsense":true}],"sentAt":"2026-01-01T00:00:00Z"}'
SINGLES = {
    "identify": "identify",
    "track": "track",
    "page": "page",
    "screen": "screen",
    "group": "group",
    "alias": "alias",
    "i": "identify",
    "t": "track",
    "p": "page",
    "s": "screen",
    "g": "group",
    "a": "alias",
}
BATCHES = {"batch": "batch", "b": "batch", "import": "import"}


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize(("word", "route"), [*SINGLES.items(), *BATCHES.items()])
def test_every_route_is_spooled_as_it_came(station: Station, word: str, route: str, slash: str) -> None:
    body = BATCH if word in BATCHES else TRACK
    answer = station.post(f"/v1/{word}{slash}", body)
    assert (answer.status, answer.body) == (200, b'{"success": true}')
    assert station.records() == [SpoolRecord(7, NOON_MICROS, route, body, {})]


def test_only_the_headers_that_later_stages_need_are_kept(station: Station) -> None:
    sent = {"user-agent": "Mozilla", "sec-gpc": "1", "cookie": "private", "content-type": "text/plain"}
    assert station.post("/v1/t", TRACK, BASIC | sent).status == 200
    assert station.records()[0].headers == {"user-agent": "Mozilla", "sec-gpc": "1"}


def test_telemetry_is_answered_and_ignored(station: Station) -> None:
    assert station.post("/v1/m", b"whatever", {}).body == b'{"success": true}'
    assert station.records() == []


def test_unknown_paths_are_404_in_json(station: Station) -> None:
    for path in ("/", "/v1", "/v1/tracks", "/v1/track//"):
        answer = station.post(path, TRACK)
        assert answer.status == 404
        assert answer.json() == {
            "code": "not_found",
            "message": "There is nothing at this path.",
            "detail": "Events go to /v1/batch.",
        }


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/v1/track", "POST, OPTIONS"),
        ("PUT", "/v1/m/", "POST, OPTIONS"),
        ("POST", "/healthz", "GET, HEAD, OPTIONS"),
    ],
)
def test_wrong_methods_are_405_in_json(station: Station, method: str, path: str, allow: str) -> None:
    answer = station.request(method, path, b"", BASIC)
    assert answer.status == 405
    assert answer.headers["allow"] == allow
    assert answer.json() == {
        "code": "method_not_allowed",
        "message": f"{method} is not possible here.",
        "detail": allow,
    }


def test_preflight_mirrors_what_is_asked(station: Station) -> None:
    asked = {
        "origin": "https://shop.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,x-retry-count",
    }
    answer = station.request("OPTIONS", "/v1/t", b"", asked)
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers == {
        "access-control-allow-origin": "https://shop.example",
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "POST, GET, OPTIONS",
        "access-control-allow-headers": "authorization,content-type,x-retry-count",
        "access-control-expose-headers": "Retry-After",
        "access-control-max-age": "86400",
        "content-length": "0",
        "vary": "Origin",
    }


@pytest.mark.parametrize("key", ["Basic V0s6", "Basic eDo="])
def test_browsers_may_read_successes_and_errors(station: Station, key: str) -> None:
    answer = station.post("/v1/t", TRACK, {"origin": "null", "authorization": key})
    assert answer.headers["access-control-allow-origin"] == "null"
    assert answer.headers["access-control-allow-credentials"] == "true"


def test_health_readiness_and_metrics(station: Station) -> None:
    station.post("/v1/batch", BATCH)
    station.post("/v1/batch", b"{")
    assert station.get("/healthz").json() == {"status": "ok"}
    assert station.get("/readyz").json() == {"status": "ready"}
    text = station.get("/metrics").body.decode()
    assert "leadline_collector_events_accepted_total 3.0" in text
    assert 'leadline_collector_requests_refused_total{code="malformed_json"} 1.0' in text
    assert "leadline_collector_spool_trouble 0.0" in text


def test_readiness_tells_of_the_spools_trouble(station: Station) -> None:
    station.writer.trouble = "The spool can't be written: No space left on device."
    answer = station.get("/readyz")
    assert answer.status == 503
    assert answer.json() == {
        "code": "spool_unavailable",
        "message": "The spool can't be written: No space left on device.",
        "detail": "Events are refused with 429 until it is repaired.",
    }
