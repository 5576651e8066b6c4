"""Explanations as plain data, then and now; what the timeline says."""

import json
from datetime import timedelta

from explaining_cast import NOW, WHO, lived
from pipeline_cast import MONDAY, Installation, days, hours, identify, page, track

from leadline.eventstore.sessions import StoredSession
from leadline.pipeline.explain_command import explain
from leadline.pipeline.explaining import timeline
from leadline.pipeline.replay import score_lead
from leadline.pipeline.timelines import from_elsewhere, own_sites
from leadline.scoring.event_sentences import event_sentence
from leadline.tracking.models import EventSource


def test_the_points_of_lines_and_of_what_is_behind_them_add_up(place: Installation) -> None:
    told = explain(place.engine, str(lived(place, 3)), as_of=NOW.isoformat())
    json.dumps(told)
    assert sum(line["points_micro"] for line in told["ledger"]) == round(told["total"] * 1_000_000)
    for line in told["ledger"]:
        parts = line["contributions"]
        assert sum(part["points_micro"] for part in parts) == (line["points_micro"] if parts else 0)
        assert sum(part["decay_micro"] for part in parts) == (line["decay_micro"] if parts else 0)
        assert bool(parts) == (line["raw"] != 0) or line["kind"] == "clamp"


def test_what_was_known_then_is_explained_as_it_was_scored_then(place: Installation) -> None:
    at = MONDAY
    place.receive(
        at, identify(WHO, at, email="ada@works.example"), track(WHO, "Tool Used", at, tool="t", completed=True)
    )
    late = at + days(3)
    place.receive(late, track(WHO, "Quote Requested", at + hours(1), quote_id="q", seats=2))
    lead, day, known = str(place.lead("browser-ada").pk), at.date().isoformat(), (at + hours(5)).isoformat()
    then = explain(place.engine, lead, as_of=day, known_at=known)
    assert then["total"] == score_lead(place.engine, lead, as_of=day, known_at=known)["total"]
    assert explain(place.engine, lead, as_of=day)["total"] > then["total"]
    assert then["known_at"] == known


def test_messages_that_are_no_deeds_are_told_as_sentences(place: Installation) -> None:
    at = MONDAY
    engaged = track(WHO, "Page Engaged", at + hours(0.1), engaged_ms=90_000)
    place.receive(at + hours(1), identify(WHO, at, email="ada@works.example"), page(WHO, at), engaged)
    said = [entry.sentence for entry in timeline(place.engine, place.lead("browser-ada").pk)]
    assert "Said who they are" in said
    assert "Was engaged for 1 minute" in said


def test_engaged_time_is_told_in_the_unit_that_fits() -> None:
    from leadline.scoring.document import bundled_ruleset, read_ruleset

    ruleset = read_ruleset(bundled_ruleset("offshore-staffing"))
    told = [event_sentence(ruleset, "Page Engaged", {"engaged_ms": ms, "path": "/pricing"}) for ms in (40_000, 600_000)]
    assert told == ["Was engaged for 40 seconds on /pricing", "Was engaged for 10 minutes on /pricing"]
    assert event_sentence(ruleset, "group", {}, "group") == "Said which company they belong to"
    assert event_sentence(ruleset, "Tool Used", {"tool": "quote-calculator"}) == "Tool Used: quote calculator"


def test_a_visit_that_our_own_site_referred_to_comes_from_nowhere(place: Installation) -> None:
    EventSource.objects.filter(name="website").update(origins=["https://*.ours.example", "http://localhost:3000"])
    ours = own_sites(place.engine.ruleset)
    assert {"ours.example", "localhost"} <= ours
    visit = StoredSession(MONDAY, MONDAY + timedelta(minutes=3), 2, 2, 9000, "/", "app.ours.example", None, None, None)
    assert from_elsewhere(visit, ours).referrer_domain is None
    other = StoredSession(MONDAY, MONDAY, 2, 2, 9000, "/", "notours.example", None, None, None)
    assert from_elsewhere(other, ours).referrer_domain == "notours.example"
