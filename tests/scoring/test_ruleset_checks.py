"""What one installation has against a valid ruleset: windows longer than what is kept, events nobody sent."""

from leadline.scoring.checks import retention_faults, unread_traits, unseen_events
from leadline.scoring.document import bundled_ruleset, load_ruleset
from leadline.tracking.profiles import PROJECTED

TEXT = bundled_ruleset("offshore-staffing").read_text()
RULESET = load_ruleset(TEXT)
EVENTS = {event for metric in RULESET.metrics.values() for event in (*metric.events, *metric.unless)}
SEEN = EVENTS | {event for rule in RULESET.conversions for event in (rule.event, *rule.unless)}


def test_what_is_kept_for_ever_is_never_too_short() -> None:
    assert retention_faults(RULESET, None) == []


def test_a_window_may_be_as_long_as_events_are_kept() -> None:
    assert retention_faults(RULESET, 3650) == []
    found = retention_faults(RULESET, 364)
    assert [each.path for each in found] == [
        "dimensions.readiness.factors.course_completion.window_days",
        "dimensions.conversion.factors.premium_upgrades.window_days",
        "disqualifications.job_seeker_intent.window_days",
        "disqualifications.job_application.window_days",
    ]
    assert "a window of 365 days reads events that are kept for 364 days only" in str(found[0])


def test_traits_have_no_window_that_could_be_too_long() -> None:
    assert not [each for each in retention_faults(RULESET, 1) if "profile" in each.path or "competitor" in each.path]


def test_an_event_that_was_never_seen_warns_with_the_nearest_that_was() -> None:
    assert unseen_events(RULESET, SEEN) == []
    text = TEXT.replace("events: [Tool Used]", "events: [Tool used]")
    told = [str(each) for each in unseen_events(load_ruleset(text), SEEN)]
    assert told == ["metric completed_tool_uses reads 'Tool used', never seen; seen was 'Tool Used'."]


def test_events_of_conversions_warn_too() -> None:
    told = [str(each) for each in unseen_events(RULESET, SEEN - {"Deal Won"})]
    assert told == ["conversion won_deal reads 'Deal Won', never seen."]


def test_a_new_installation_that_saw_nothing_is_not_warned() -> None:
    assert unseen_events(RULESET, set()) == []


def test_bundled_rules_only_read_trait_values_that_are_kept() -> None:
    assert unread_traits(RULESET, PROJECTED) == []
    told = unread_traits(load_ruleset(TEXT.replace("trait: industry", "trait: title")), PROJECTED)
    assert [each.path for each in told] == ["metrics.office_industry.trait"]
