"""Messages look as real clients send them."""

import json
from collections import defaultdict
from datetime import datetime

from leadline.demo.messages import SimulatedRequest
from leadline.demo.platform import Platform

EVENTS = {
    "Signed Up": {"intent"},
    "Tool Used": {"tool", "completed"},
    "Content Started": {"content_id", "kind"},
    "Content Completed": {"content_id", "kind"},
    "Page Engaged": {"engaged_ms", "page_id"},
    "Quiz Completed": {"quiz_id", "score"},
    "Role Progressed": {"role_id", "progress"},
    "Role Saved": {"role_id", "title", "seats"},
    "Course Started": {"course_id"},
    "Course Completed": {"course_id"},
    "Quote Calculated": {"quote_id", "seats", "roles", "monthly_amount", "currency", "start_in_days"},
    "Quote Requested": {"quote_id", "seats", "roles", "monthly_amount", "currency", "start_in_days"},
    "Strategy Call Booked": {"call_id", "starts_at"},
    "Strategy Call Cancelled": {"call_id", "starts_at"},
    "Strategy Call Held": {"call_id", "starts_at"},
    "Strategy Call Missed": {"call_id", "starts_at"},
    "Premium Upgraded": {"plan", "amount", "currency"},
    "Premium Cancelled": {"plan", "amount", "currency"},
    "Job Application Submitted": {"job_id"},
    "Lead Contacted": {"owner", "channel"},
    "Opportunity Opened": {"opportunity_id", "amount", "currency"},
    "Opportunity Lost": {"opportunity_id", "reason"},
    "Deal Won": {"deal_id", "opportunity_id", "amount", "currency"},
}


def named(requests: list[SimulatedRequest], event: str) -> list[SimulatedRequest]:
    return [request for request in requests if request.message.get("event") == event]


def test_every_event_occurs_with_exactly_its_properties(requests: list[SimulatedRequest]) -> None:
    seen: dict[str, set[str]] = {}
    for request in requests:
        if "event" in request.message:
            properties = set(request.message["properties"])
            assert seen.setdefault(request.message["event"], properties) == properties
    assert seen == EVENTS


def test_messages_are_json_under_the_size_a_collector_must_take(requests: list[SimulatedRequest]) -> None:
    assert max(len(json.dumps(request.message)) for request in requests) < 4_000


def test_browsers_send_anonymous_ids_and_the_page(requests: list[SimulatedRequest]) -> None:
    for request in (request for request in requests if request.source == "website"):
        context = request.message["context"]
        assert request.message["anonymousId"]
        assert {"path", "url", "referrer", "title"} <= set(context["page"])
        assert {"userAgent", "locale", "timezone", "library"} <= set(context)


def test_servers_send_user_ids_only(requests: list[SimulatedRequest]) -> None:
    servers = [request.message for request in requests if request.source != "website"]
    assert all(message["userId"] and "anonymousId" not in message for message in servers)


def test_no_server_speaks_of_someone_who_has_not_signed_up(requests: list[SimulatedRequest]) -> None:
    joined: dict[str, str] = {}
    for message in (request.message for request in requests if request.message["type"] == "identify"):
        user, at = message["userId"], message["timestamp"]
        joined[user] = min(at, joined.get(user, at))
    servers = [request.message for request in requests if request.source != "website"]
    assert all(joined[message["userId"]] <= message["timestamp"] for message in servers)


def test_a_campaign_stands_in_the_address_and_the_context_of_a_landing_page(requests: list[SimulatedRequest]) -> None:
    messages = [request.message for request in requests if "campaign" in request.message["context"]]
    assert {"source", "medium", "name"} <= set(messages[0]["context"]["campaign"])
    assert all("utm_source=" in message["context"]["page"]["url"] for message in messages)
    names = {message["context"]["campaign"]["name"] for message in messages}
    assert {"offshore-bookkeeping", "november-hiring-guide", "cheap-staff-now"} <= names


def test_amounts_follow_from_the_quote(requests: list[SimulatedRequest]) -> None:
    quotes, seen = defaultdict(set), 0
    for request in named(requests, "Quote Requested"):
        quotes[request.message["userId"]].add(request.message["properties"]["monthly_amount"])
    opened = {}
    for request in named(requests, "Opportunity Opened"):
        user, properties = request.message["userId"], request.message["properties"]
        opened[properties["opportunity_id"]] = properties["amount"]
        if {amount for amount in quotes[user] if amount}:
            seen += properties["amount"] / 12 in quotes[user]
    assert seen > 60
    for request in named(requests, "Deal Won"):
        properties = request.message["properties"]
        assert 0.9 <= (properties["amount"] + 1) / opened[properties["opportunity_id"]] <= 1.01


def test_profiles_fill_in_progressively(requests: list[SimulatedRequest]) -> None:
    sets = defaultdict(list)
    for request in requests:
        if request.message["type"] == "identify":
            sets[request.message["userId"]].append(set(request.message["traits"]))
    assert sum(len(traits) > 2 for traits in sets.values()) > 300
    everything = set().union(*(names for traits in sets.values() for names in traits))
    assert {"title", "phone", "company", "country", "roles_wanted", "hiring_timeline"} <= everything


def test_a_release_forgets_the_names_of_its_events(platform: Platform, requests: list[SimulatedRequest]) -> None:
    broken = [r.message for r in requests if r.message["type"] == "track" and "event" not in r.message]
    assert 20 < len(broken) < 250
    release = platform.release()
    assert {message["context"]["app"]["version"] for message in broken} == {"3.8.0"}
    assert all(release.begins <= datetime.fromisoformat(m["timestamp"]) < release.ends for m in broken)


def test_a_few_visitors_send_global_privacy_control(requests: list[SimulatedRequest]) -> None:
    private = {r.message["anonymousId"] for r in requests if r.headers.get("sec-gpc") == "1"}
    assert 5 <= len(private) <= 25
