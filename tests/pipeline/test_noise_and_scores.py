"""Robots and our own people: stored, flagged, and in no score, no stage and no count."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pipeline_cast import MONDAY, Installation, days, hours, identify, page, track, user, visitor

from leadline.eventstore import queries, scores
from leadline.kernel.errors import ConfigurationError, NotFoundError
from leadline.pipeline import traffic as rules_at_work
from leadline.pipeline.commands import status
from leadline.pipeline.explaining import explain, timeline
from leadline.pipeline.rescoring import evaluate_everyone
from leadline.pipeline.traffic import traffic, traffic_add, traffic_remove
from leadline.qualification.models import Standing
from leadline.tracking.models import Lead

BOT = {"userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/126.0.0.0 Safari/537.36"}
TUESDAY = MONDAY + days(1)


def by_robot(message: dict[str, Any]) -> dict[str, Any]:
    return {**message, "context": {**message.get("context", {}), **BOT}, "messageId": f"bot {message['messageId']}"}


def tool(who: dict[str, str]) -> dict[str, Any]:
    return track(who, "Tool Used", MONDAY, tool="calculator", completed=True)


def standing(place: Installation, name: str) -> dict[str, Any]:
    return next(iter(Standing.objects.filter(lead=place.lead(name)).values()))


def current(place: Installation, name: str) -> Any:
    with place.engine.store.cursor() as cursor:
        return scores.current_of(cursor, place.lead(name).pk)


def test_what_a_robot_sends_is_stored_and_changes_no_score(place: Installation) -> None:
    quote = track(user("ada"), "Quote Requested", MONDAY, quote_id="q", seats=9)
    place.receive(MONDAY, tool(user("ada")))
    alone = place.total("user-ada")
    place.receive(MONDAY, by_robot(tool(user("ada"))), by_robot(quote), by_robot(page(user("ada"), MONDAY)))
    assert place.total("user-ada") == alone
    assert place.stages("user-ada") == ["initial_engagement"]
    assert explain(place.engine, place.lead("user-ada").pk, MONDAY + hours(1)).score.total_micro == alone
    with place.engine.store.cursor() as cursor:
        assert queries.count_events(cursor) == 4
    assert status(place.engine)["noise"] == {"bot": 3, "internal": 0}
    told = timeline(place.engine, place.lead("user-ada").pk)
    assert sorted(entry.noise for entry in told) == ["", "bot", "bot", "bot"]


def test_somebody_of_whom_only_a_robot_was_seen_stands_nowhere(place: Installation) -> None:
    place.receive(MONDAY, by_robot(tool(visitor("bot"))), by_robot(identify(user("crawler"), MONDAY, title="CEO")))
    evaluate_everyone(place.engine, TUESDAY)
    assert current(place, "browser-bot") is None
    assert not Standing.objects.exclude(stage="").exists()
    report = status(place.engine)
    assert (report["leads"], set(report["by_stage"].values())) == (0, {0})
    place.receive(TUESDAY, tool(visitor("bot")))
    assert standing(place, "browser-bot")["stage"] == "initial_engagement"


def test_our_own_people_stand_nowhere_and_are_found(place: Installation) -> None:
    traffic_add(place.engine, "email-domain", "example.com")
    place.receive(MONDAY, identify(user("ann"), MONDAY, email="ann@example.com", title="CEO"), tool(user("ann")))
    assert place.lead("user-ann").internal
    row = standing(place, "user-ann")
    assert (row["stage"], row["total"], row["grade"]) == ("", 0, "D")
    assert current(place, "user-ann") is None
    assert explain(place.engine, place.lead("user-ann").pk, MONDAY + hours(1)).score.total_micro == 0


def test_a_rule_that_is_removed_leaves_nothing_behind(place: Installation) -> None:
    who = user("ada")
    place.receive(MONDAY, identify(who, MONDAY, email="ada@works.example", phone="1"), tool(who))
    place.receive(TUESDAY, track(who, "Quote Requested", TUESDAY, quote_id="q", seats=2))
    place.said("user-ada", TUESDAY, "accept", "contact", owner="sam")
    evaluate_everyone(place.engine, TUESDAY + hours(1))
    before, score = standing(place, "user-ada"), current(place, "user-ada")
    assert before["stage"] == "qualified"
    assert traffic_add(place.engine, "email-domain", "works.example")["people"] == 1
    assert standing(place, "user-ada")["stage"] == ""
    assert current(place, "user-ada") is None
    evaluate_everyone(place.engine, TUESDAY + hours(2))
    assert standing(place, "user-ada")["total"] == 0
    assert traffic_remove(place.engine, "email-domain", "works.example")["people"] == 1
    evaluate_everyone(place.engine, TUESDAY + hours(1))
    moving = {"scored_at", "state", "gain_week", "reason_at"}
    after = standing(place, "user-ada")
    assert {k: v for k, v in after.items() if k not in moving} == {k: v for k, v in before.items() if k not in moving}
    assert {k: v for k, v in current(place, "user-ada").items() if k in {"total", "grade", "stage"}} == {
        key: score[key] for key in ("total", "grade", "stage")
    }


def test_rules_are_listed_and_networks_reach_the_collectors(place: Installation) -> None:
    traffic_add(place.engine, "network", "203.0.113.9/24", "office")
    traffic_add(place.engine, "host", "staging.example.com")
    rules = [(rule["kind"], rule["value"], rule["note"]) for rule in traffic(place.engine)]
    assert rules == [("host", "staging.example.com", ""), ("network", "203.0.113.0/24", "office")]
    keyring = Path(settings.DATA) / "keyring.json"
    assert json.loads(keyring.read_text())["internal_networks"] == ["203.0.113.0/24"]
    traffic_remove(place.engine, "network", "203.0.113.0/24")
    assert json.loads(keyring.read_text())["internal_networks"] == []
    with pytest.raises(NotFoundError):
        traffic_remove(place.engine, "network", "203.0.113.0/24")
    with pytest.raises(ConfigurationError):
        traffic_add(place.engine, "email-domain", "gmail.com")


def test_a_visitor_on_an_internal_host_counts_again_when_seen_elsewhere(place: Installation) -> None:
    traffic_add(place.engine, "host", "staging.example.com")
    staged = page(visitor("dev"), MONDAY)
    staged["context"] = {"page": {"url": "https://staging.example.com/pricing", "path": "/pricing"}}
    place.receive(MONDAY, staged)
    assert Lead.objects.get().internal
    assert status(place.engine)["noise"] == {"bot": 0, "internal": 1}
    place.receive(TUESDAY, page(visitor("dev"), TUESDAY))
    assert not Lead.objects.get().internal
    assert (place.total("browser-dev") or 0) > 0


def test_a_rule_is_there_once_all_its_people_are_scored(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that dies in between can be repeated, also of a removal."""
    place.receive(MONDAY, identify(user("ann"), MONDAY, email="ann@works.example"), tool(user("ann")))
    for act, stage in ((traffic_add, ""), (traffic_remove, "initial_engagement")):
        with monkeypatch.context() as patch:
            patch.setattr(rules_at_work, "evaluate_leads", _power_cut)
            with pytest.raises(KeyboardInterrupt):
                act(place.engine, "email-domain", "works.example")
        assert act(place.engine, "email-domain", "works.example")["people"] == 1
        assert standing(place, "user-ann")["stage"] == stage


def _power_cut(*_: object) -> None:
    raise KeyboardInterrupt
