"""Which events are robots' or our own people's."""

from typing import Any

import pytest

from leadline.tracking.noise import NoiseRules, is_internal_address, noise_of

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
PHONE = "Mozilla/5.0 (Linux; Android 14; CUBOT P80) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile"
HEADLESS = CHROME.replace("Chrome/", "HeadlessChrome/")
GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
NO_RULES = NoiseRules()
RULES = NoiseRules(
    frozenset({"staging.example.com", "*.dev.example.com"}), frozenset({"example.com"}), ("ourmonitor/", "k6/")
)
PAGE = {"url": "https://www.acme.example/pricing"}


def of(context: dict[str, Any] | None = None, agent: str = "", rules: NoiseRules = NO_RULES, **headers: str) -> str:
    return noise_of(rules, {"user-agent": agent, **headers} if agent else headers, context or {})


@pytest.mark.parametrize("agent", [HEADLESS, GOOGLE, "curl/8.5.0", "python-requests/2.32", "Bingbot/2.0 bingbot"])
def test_a_robot_that_the_message_names_is_one(agent: str) -> None:
    assert of({"userAgent": agent}) == "bot"


@pytest.mark.parametrize("agent", [CHROME, PHONE, "", 7, None, []])
def test_browsers_and_nothing_are_no_robots(agent: object) -> None:
    assert of({"userAgent": agent}) == ""


@pytest.mark.parametrize(
    "agent", ["python-requests/2.32", "curl/8.5.0", "Go-http-client/1.1", "analytics-python/2.3.6"]
)
@pytest.mark.parametrize("library", ["analytics-python", "@segment/analytics-node", None])
def test_a_server_of_the_platform_is_no_robot(agent: str, library: str | None) -> None:
    context = {"library": {"name": library}} if library else {}
    assert of(context, agent) == ""
    assert of({**context, "page": PAGE}, agent) == ""


@pytest.mark.parametrize("library", ["analytics.js", "RudderLabs JavaScript SDK", "posthog-js", "web"])
def test_the_requests_agent_is_judged_when_a_browser_library_sent_it(library: str) -> None:
    assert of({"library": {"name": library}}, GOOGLE) == "bot"
    assert of({"library": {"name": library}}, CHROME) == ""


def test_the_requests_agent_is_judged_when_it_poses_as_a_browsers_on_a_page() -> None:
    assert of({"page": PAGE}, HEADLESS) == "bot"
    assert of({}, HEADLESS) == ""


def test_the_messages_own_agent_counts_before_the_requests() -> None:
    assert of({"userAgent": CHROME, "page": PAGE}, HEADLESS) == ""


@pytest.mark.parametrize("odd", [{"library": 7}, {"library": {"name": 7}}, {"page": "x"}, {"page": {"url": 7}}])
def test_odd_contexts_are_survived(odd: dict[str, Any]) -> None:
    assert of(odd, "curl/8", RULES) == ""


def test_what_comes_from_an_internal_network_is_internal_even_a_robot() -> None:
    assert of({"userAgent": GOOGLE}, internal="1") == "internal"
    assert of({"userAgent": CHROME}, internal="0") == ""


@pytest.mark.parametrize(
    ("host", "noise"),
    [("staging.example.com", "internal"), ("STAGING.example.com:8443", "internal"), ("a.dev.example.com", "internal"),
     ("a.b.dev.example.com", "internal"), ("dev.example.com", ""), ("example.com", ""), ("notstaging.example.com", "")],
)  # fmt: skip
def test_hosts_of_pages(host: str, noise: str) -> None:
    assert of({"page": {"url": f"https://{host}/x"}}, rules=RULES) == noise


def test_parts_of_user_agents_in_any_case() -> None:
    assert of({"userAgent": "Mozilla/5.0 OurMonitor/1.2"}, rules=RULES) == "internal"
    assert of({}, "k6/0.50 (https://k6.io/)", RULES) == "internal"
    assert of({"userAgent": CHROME}, rules=RULES) == ""


@pytest.mark.parametrize(
    ("email", "ours"),
    [("ann@example.com", True), (" Ann@EXAMPLE.com. ", True), ("ann@mail.example.com", True),
     ("ann@notexample.com", False), ("ann@example.com.evil.net", False), ("", False), ("example.com", True)],
)  # fmt: skip
def test_addresses_of_our_own_people(email: str, ours: bool) -> None:
    assert is_internal_address(RULES, email) is ours
    assert not is_internal_address(NO_RULES, email)
