"""What clients fetch: pixels, settings documents, scripts, the description."""

import base64
import gzip
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from collector_station import BASIC, Station, write_keyring

from leadline.tracking.collector.documents import host
from leadline.tracking.collector.options import CollectorOptions
from leadline.tracking.collector.pixels import GIF

MAIL = {"writeKey": "WK", "userId": "u1", "event": "Email Opened", "properties": {"subject": "ü?/+"}}


def packed(message: Any) -> str:
    return quote(base64.b64encode(json.dumps(message).encode()))


@pytest.mark.parametrize(
    "path",
    [
        f"/pixel/v1/track?data={packed(MAIL)}",
        f"/v1/pixel/track?data={packed(MAIL)}",
        f"/v1/pixel/track?data={base64.urlsafe_b64encode(json.dumps(MAIL).encode()).decode().rstrip('=')}",
        f"/v1/pixel/track?data={quote(json.dumps(MAIL))}",
        "/pixel/v1/track?"
        + urlencode({"writeKey": "WK", "userId": "u1", "event": "Email Opened", "properties.subject": "ü?/+"}),
    ],
)
def test_a_pixel_is_a_message(station: Station, path: str) -> None:
    answer = station.get(path)
    assert (answer.status, answer.body, answer.headers["content-type"]) == (200, GIF, "image/gif")
    assert answer.headers["cache-control"] == "no-store"
    (record,) = station.records()
    assert (record.source, record.route) == (7, "track")
    wanted = {"type": "track", "userId": "u1", "event": "Email Opened", "properties": {"subject": "ü?/+"}}
    assert {key: value for key, value in json.loads(record.body).items() if key != "writeKey"} == wanted


@pytest.mark.parametrize("kind", ["track", "page", "identify", "screen", "group", "alias"])
def test_the_path_of_a_pixel_says_what_kind_it_is(station: Station, kind: str) -> None:
    station.get(f"/v1/pixel/{kind}?writeKey=WK&userId=u1&type=other")
    (record,) = station.records()
    assert (record.route, json.loads(record.body)) == (kind, {"type": kind, "userId": "u1"})


def test_the_image_is_whole() -> None:
    assert GIF.startswith(b"GIF89a\x01\x00\x01\x00")
    assert GIF.endswith(b";")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "unknown_write_key"),
        ("writeKey=other", "unknown_write_key"),
        ("data=!", "malformed_json"),
        ("data=NTU%3D", "invalid_body"),
        ("data=" + "A" * 140_000, "payload_too_large"),
        ("&".join(f"a{n}=1" for n in range(201)), "invalid_query"),
    ],
)
def test_a_mail_never_shows_a_broken_image(station: Station, query: str, code: str) -> None:
    answer = station.get(f"/pixel/v1/track?{query}")
    assert (answer.status, answer.body) == (200, GIF)
    assert station.records() == []
    assert f'refused_total{{code="{code}"}} 1.0' in station.get("/metrics").body.decode()


def test_a_pixel_with_a_disk_that_is_full_is_counted(station: Station) -> None:
    station.writer.close()
    assert station.get("/pixel/v1/page?writeKey=WK").status == 200
    assert 'refused_total{code="spool_unavailable"} 1.0' in station.get("/metrics").body.decode()


def test_dots_lead_into_objects_but_not_without_end(station: Station) -> None:
    deep = ".".join("a" * 400)
    station.get(f"/pixel/v1/page?writeKey=WK&properties=x&properties.a.b=1&properties.a.c=2&{deep}=3&.=4")
    body = json.loads(station.records()[0].body)
    assert body == {"type": "page", "properties": {"a": {"b": "1", "c": "2"}}, "": {"": "4"}}


def test_head_fetches_nothing_into_the_spool(station: Station) -> None:
    answer = station.request("HEAD", "/pixel/v1/page?writeKey=WK", b"", {})
    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"", str(len(GIF)))
    assert station.records() == []


def test_the_beacon_has_its_key_in_the_query(station: Station) -> None:
    body = b'{"batch":[{"type":"track","event":"E","anonymousId":"a"}]}'
    text = {"content-type": "text/plain"}
    assert station.post("/beacon/v1/batch?writeKey=WK", body, text).body == b'{"success": true}'
    assert station.post("/beacon/v1/batch/?writeKey=other", body, text).status == 401
    assert station.post("/beacon/v1/batch", body, text).status == 401
    assert [(record.route, record.body) for record in station.records()] == [("batch", body)]


@pytest.mark.parametrize(
    ("headers", "protocol"),
    [({}, "http"), ({"x-forwarded-proto": "https"}, "https"), ({"x-forwarded-proto": "HTTPS, http"}, "https"),
     ({"x-forwarded-proto": "gopher"}, "http")],
)  # fmt: skip
def test_analytics_next_is_told_where_to_send(station: Station, headers: dict[str, str], protocol: str) -> None:
    sent = {"host": "track.example.com:8443", "origin": "https://shop.example"} | headers
    answer = station.get("/v1/projects/WK/settings", sent)
    assert answer.json() == {
        "integrations": {"Segment.io": {"apiKey": "WK", "apiHost": "track.example.com:8443/v1", "protocol": protocol}},
        "metrics": {"sampleRate": 0},
    }
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"


def test_rudderstack_is_told_that_the_source_is_on(station: Station) -> None:
    silent = {"statsCollection": {"errors": {"enabled": False}, "metrics": {"enabled": False}}}
    source = {"id": "7", "name": "web", "enabled": True, "config": silent, "destinations": []}
    for path, headers in {"/sourceConfig/?p=web&writeKey=WK": {}, "/sourceConfig": BASIC}.items():
        assert station.get(path, headers).json() == {"source": source}


def test_posthog_js_is_told_that_everything_else_is_off(station: Station) -> None:
    config = station.get("/array/WK/config").json()
    assert "gzip-js" in config["supportedCompression"]
    assert {config[name] for name in ("hasFeatureFlags", "surveys", "sessionRecording", "heatmaps")} == {False}
    assert config["analytics"] == {"endpoint": "/e/"}
    script = station.get("/array/WK/config.js")
    assert script.headers["content-type"].startswith("text/javascript")
    held = script.body.decode().partition(')["WK"]=')[2].partition("})(window)")[0].removesuffix(";")
    assert json.loads(held) == {"config": config, "siteApps": []}


def test_a_key_cannot_break_out_of_a_script(station: Station) -> None:
    key = "<script>\"'\u2028"
    write_keyring(station.folder / "keyring.json", {key: 7})
    answer = station.get(f"/array/{key}/config.js")
    assert answer.status == 200
    assert b"<" not in answer.body
    assert "\u2028" not in answer.body.decode()


@pytest.mark.parametrize(
    "path",
    ["/v1/projects/other/settings", "/sourceConfig/?writeKey=other", "/sourceConfig", "/array/other/config",
     "/array/other/config.js", "/analytics.js/v1/other/analytics.min.js"],
)  # fmt: skip
def test_unknown_keys_are_404_in_json(station: Station, path: str) -> None:
    answer = station.get(path, {"origin": "https://shop.example"})
    assert (answer.status, answer.json()["code"]) == (404, "unknown_write_key")
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"


class TestScripts:
    """Segment's library from a folder."""

    @pytest.fixture
    def options(self, tmp_path: Path) -> CollectorOptions:
        folder = tmp_path / "umd"
        folder.mkdir()
        (folder / "standalone.js").write_text('window.analyticsWriteKey="__WRITE_KEY__";')
        (folder / "ajs.bundle.0a1b.js").write_text("bundle")
        (folder / "notes.txt").write_text("private")
        (tmp_path / "secret.js").write_text("private")
        return CollectorOptions(analytics_js=folder)

    def test_the_snippet_carries_the_key(self, station: Station) -> None:
        answer = station.get("/analytics.js/v1/WK/analytics.min.js")
        assert answer.body == b'window.analyticsWriteKey="WK";'
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert answer.headers["access-control-allow-origin"] == "*"

    def test_bundles_are_kept_by_browsers(self, station: Station) -> None:
        answer = station.get("/analytics-next/bundles/ajs.bundle.0a1b.js", {"origin": "https://shop.example"})
        assert (answer.status, answer.body) == (200, b"bundle")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "31536000" in answer.headers["cache-control"]

    @pytest.mark.parametrize("name", ["secret.js", "../secret.js", "..", "*.js", "notes.txt", "", "none.js", "%2e%2e"])
    def test_nothing_else_is_served(self, station: Station, name: str) -> None:
        answer = station.get(f"/analytics-next/bundles/{name}")
        assert (answer.status, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["/analytics.js/v1/WK/analytics.min.js", "/analytics-next/bundles/a.js"])
def test_without_a_folder_the_answer_says_which_setting(station: Station, path: str) -> None:
    answer = station.get(path)
    assert (answer.status, answer.json()["code"]) == (404, "analytics_js_unset")
    assert "LEADLINE_ANALYTICS_JS" in answer.json()["detail"]


def test_the_tracker_is_served_to_any_page(station: Station) -> None:
    from leadline.tracking.browser import tracker_script

    plain = station.get("/t.js", {"origin": "https://shop.example"})
    assert (plain.status, plain.body) == (200, tracker_script())
    assert plain.headers["content-type"] == "text/javascript; charset=utf-8"
    assert plain.headers["cache-control"] == "public, max-age=3600"
    assert plain.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in plain.headers
    assert plain.headers["cross-origin-resource-policy"] == "cross-origin"


@pytest.mark.parametrize(
    ("offered", "packed"),
    [("gzip, deflate, br", True), ("GZIP;q=0.5", True), ("gzip;q=0", False), ("gzip; q=0.00", False), ("br", False)],
)
def test_scripts_are_compressed_when_that_is_accepted(station: Station, offered: str, packed: bool) -> None:
    plain = station.get("/t.js")
    answer = station.get("/t.js", {"accept-encoding": offered})
    assert (answer.headers.get("content-encoding") == "gzip") == packed
    assert (gzip.decompress(answer.body) if packed else answer.body) == plain.body
    assert (answer.headers["etag"] == plain.headers["etag"]) != packed
    assert answer.headers["vary"] == "Accept-Encoding"


def test_a_client_that_has_a_script_is_told_so(station: Station) -> None:
    etag = station.get("/t.js").headers["etag"]
    for given in (etag, f"W/{etag}", f'"x", {etag}'):
        again = station.get("/t.js", {"if-none-match": given})
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"] == etag
    assert station.get("/t.js", {"if-none-match": '"other"'}).status == 200


@pytest.mark.parametrize("path", ["/t.js", "/healthz", "/openapi.json", "/v1/projects/WK/settings"])
def test_head_is_get_without_the_body(station: Station, path: str) -> None:
    fetched, asked = station.get(path), station.request("HEAD", path, b"", {})
    assert (asked.status, asked.body, asked.headers) == (fetched.status, b"", fetched.headers)


def test_what_is_fetched_cannot_be_posted_to(station: Station) -> None:
    answer = station.post("/t.js", b"")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_documents_without_a_host_header_name_the_server() -> None:
    assert host({}, {"server": ("127.0.0.1", 8001)}) == "127.0.0.1:8001"
    assert host({}, {"server": ("/run/socket", None)}) == "/run/socket"
    assert host({}, {}) == "localhost"
