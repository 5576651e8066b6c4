"""What a source allows beside its key: origins and a rate; and how our own people are told apart."""

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from collector_station import BASIC, TRACK, Station, write_keyring
from hypothesis import given
from hypothesis import strategies as st

from leadline.kernel.errors import ConfigurationError
from leadline.tracking.collector.addresses import client_address
from leadline.tracking.collector.guards import RateLimits, origin_allowed
from leadline.tracking.collector.options import CollectorOptions, options_from_environment

ALLOWED = ("https://example.com", "https://*.shop.example", "http://localhost:3000", "https://*.port.example:8443")


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://example.com", True),
        ("HTTPS://Example.com", True),
        ("http://example.com", False),
        ("https://example.com:8443", False),
        ("https://www.example.com", False),
        ("https://example.com.evil.example", False),
        ("https://a.shop.example", True),
        ("https://a.b.shop.example", True),
        ("https://shop.example", False),
        ("https://evilshop.example", False),
        ("http://a.shop.example", False),
        ("https://a.shop.example:8443", False),
        ("https://a.port.example:8443", True),
        ("http://localhost:3000", True),
        ("null", False),
        ("", False),
    ],
)
def test_origins_match_whole_or_below_a_star(origin: str, allowed: bool) -> None:
    assert origin_allowed(origin, ALLOWED) is allowed


def test_a_page_that_may_not_send_is_told_so(station: Station) -> None:
    write_keyring(station.folder / "keyring.json", {"WK": 7}, origins=list(ALLOWED))
    answer = station.post("/v1/t", TRACK, BASIC | {"origin": "https://evil.example"})
    assert (answer.status, answer.json()["code"]) == (403, "origin_not_allowed")
    assert answer.headers["access-control-allow-origin"] == "https://evil.example"
    assert station.records() == []
    assert station.post("/v1/t", TRACK, BASIC | {"origin": "https://a.shop.example"}).status == 200
    assert station.post("/v1/t", TRACK, BASIC).status == 200  # a server


def test_preflights_are_answered_alike_since_they_carry_no_key(station: Station) -> None:
    write_keyring(station.folder / "keyring.json", {"WK": 7}, origins=list(ALLOWED))
    answer = station.request("OPTIONS", "/v1/t", b"", {"origin": "https://evil.example"})
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (200, "https://evil.example")


def test_a_rate_lets_two_seconds_worth_through_and_then_asks_to_wait(station: Station, ticks: list[float]) -> None:
    write_keyring(station.folder / "keyring.json", {"WK": 7, "WK2": 7, "FREE": 8}, rate=2)

    def post(key: str = "WK") -> int:
        return station.post("/v1/t", b'{"writeKey":"%b"}' % key.encode(), {}).status

    assert [post() for _ in range(5)] == [200] * 4 + [429]
    assert post("WK2") == 429  # the same source
    assert post("FREE") == 200
    refused = station.post("/v1/t", TRACK)
    assert refused.json()["code"] == "rate_limited"
    assert refused.headers["retry-after"] == "1"
    ticks.append(0.5)
    assert [post(), post()] == [200, 429]
    ticks.append(100)
    assert [post() for _ in range(5)] == [200] * 4 + [429]


@given(st.integers(1, 50), st.lists(st.floats(0, 2), max_size=200))
def test_no_more_passes_than_the_rate_allows(rate: int, pauses: list[float]) -> None:
    now = [0.0]
    limits = RateLimits(lambda: now[0])
    passed = 0
    for pause in pauses:
        now[0] += pause
        passed += limits.wait_seconds(1, rate) == 0
    assert passed <= rate * 2 + now[0] * rate + 1e-6


@given(st.integers(1, 5))
def test_who_waits_as_long_as_told_passes(rate: int) -> None:
    now = [0.0]
    limits = RateLimits(lambda: now[0])
    while not (wait := limits.wait_seconds(1, rate)):
        pass
    now[0] += wait
    assert limits.wait_seconds(1, rate) == 0


PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("198.51.100.7", [], "198.51.100.7"),
        ("198.51.100.7", ["203.0.113.9"], "198.51.100.7"),  # not a proxy of ours: not believed
        ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["192.0.2.66, 203.0.113.9"], "203.0.113.9"),  # what the client wrote itself stands left
        ("10.0.0.1", ["192.0.2.66, 203.0.113.9, 10.9.9.9"], "203.0.113.9"),
        ("10.0.0.1", ["203.0.113.9", "10.9.9.9"], "203.0.113.9"),
        ("10.0.0.1", ["10.1.1.1"], "10.1.1.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["nonsense"], None),
        ("fd00::1", ['"[2001:db8::9]:443"'], "2001:db8::9"),
        ("10.0.0.1", ["203.0.113.9:1234"], "203.0.113.9"),
        ("::ffff:10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
    ],
)
def test_the_clients_address_behind_proxies(peer: str, forwarded: list[str], address: str | None) -> None:
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    found = client_address({"client": (peer, 1), "headers": headers}, PROXIES)
    assert (str(found) if found else None) == address


def test_without_a_peer_there_is_no_address() -> None:
    assert client_address({"client": None, "headers": []}, PROXIES) is None


class TestInternal:
    """A collector behind a proxy, with a network of our own."""

    @pytest.fixture
    def options(self) -> CollectorOptions:
        return CollectorOptions(trusted_proxies=PROXIES)

    @pytest.mark.parametrize(
        ("client", "headers", "internal"),
        [
            ("203.0.113.9", {}, True),
            ("198.51.100.1", {}, False),
            ("10.0.0.1", {"x-forwarded-for": "203.0.113.9"}, True),
            ("198.51.100.1", {"x-forwarded-for": "203.0.113.9"}, False),
        ],
    )
    def test_our_own_are_marked_and_nobodys_address_is_kept(
        self, station: Station, client: str, headers: dict[str, str], internal: bool
    ) -> None:
        write_keyring(station.folder / "keyring.json", {"WK": 7}, ["nonsense", "203.0.113.0/24"])
        assert station.request("POST", "/v1/t", TRACK, BASIC | headers, client).status == 200
        (record,) = station.records()
        assert record.headers == ({"internal": "1"} if internal else {})


def test_signals_and_rudderstacks_headers_are_kept(station: Station) -> None:
    sent = {"dnt": "1", "sec-gpc": "1", "anonymousid": "YQ==", "sentat": "2026-01-01T00:00:00Z"}
    assert station.post("/v1/t", TRACK, BASIC | sent | {"x-forwarded-for": "192.0.2.9"}).status == 200
    assert station.records()[0].headers == sent


def test_an_old_keyring_stays_readable(station: Station) -> None:
    path = station.folder / "keyring.json"
    write_keyring(path, {"WK": 7}, rate=None)
    assert station.post("/v1/t", TRACK).status == 200


def set_variables(monkeypatch: pytest.MonkeyPatch, **variables: Any) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"LEADLINE_{name}", str(value))


def test_options_come_from_the_environment_or_from_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert options_from_environment() == CollectorOptions()
    (tmp_path / "standalone.js").touch()
    (tmp_path / "proxies").write_text("10.0.0.0/8\n192.0.2.7\n")
    set_variables(monkeypatch, TRUSTED_PROXIES_FILE=tmp_path / "proxies", ANALYTICS_JS=tmp_path)
    wanted = CollectorOptions((ip_network("10.0.0.0/8"), ip_network("192.0.2.7/32")), tmp_path)
    assert options_from_environment() == wanted


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [("TRUSTED_PROXIES", "10.0.0.0/8 nowhere", "'nowhere'"), ("ANALYTICS_JS", "/nowhere", "standalone.js")],
)
def test_wrong_settings_are_told_in_words(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    set_variables(monkeypatch, **{variable: value})
    with pytest.raises(ConfigurationError, match=said):
        options_from_environment()
