"""One look at everything that rules watch: what happened since the last one becomes notices.

Level-triggered: a rule's mark says how far it has looked, and moves in the very transaction that makes the notices; a
look that dies is simply done again, and makes each notice once.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from leadline.notifications.facts import Fact
from leadline.notifications.models import Rule
from leadline.notifications.notices import tell
from leadline.notifications.rules import FEED_KINDS, OF_SCORES, Conditions, Trigger, read_conditions
from leadline.pipeline.engine import Engine
from leadline.pipeline.notifying import from_alerts, from_connections, from_feed, from_scores

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a rule has before it: what happened, how far it has looked then, and whether there is more."""

    facts: Sequence[Fact]
    since: int
    more: bool = False


def look(engine: Engine, now: datetime) -> int:
    """Let every rule look, each by itself: one that fails keeps no other from it. Returns how many notices are new.

    Raises:
        Exception: what the first rule that failed raised, after all others have looked.
    """
    made, failed = 0, []
    for rule in Rule.objects.filter(enabled=True).order_by("pk"):
        try:
            made += look_with(engine, rule, now)
        except Exception as error:  # noqa: BLE001  # raised again below
            logger.warning("Notification rule %s could not look: %s", rule.pk, type(error).__name__)
            failed.append(error)
    if failed:
        raise failed[0]
    return made


def look_with(engine: Engine, rule: Rule, now: datetime) -> int:
    """Let one rule look at what happened since, to the end. Returns how many notices are new."""
    made, more = 0, True
    while more:
        seen = see(engine, rule, now)
        made += keep(rule, seen, now)
        more = seen.more
    return made


def see(engine: Engine, rule: Rule, now: datetime) -> Seen:
    """What happened since the rule's mark, and is meant by it. Nothing is written."""
    trigger = Trigger(rule.trigger)
    asked = read_conditions(trigger, rule.conditions)
    if trigger in FEED_KINDS:
        return _in_feed(trigger, asked, rule.since)
    if trigger in OF_SCORES:
        return _in_scores(engine, trigger, asked, rule.since)
    if trigger is Trigger.ALERT:
        until = max(from_alerts.newest(), rule.since)
        return Seen(list(from_alerts.facts_of(asked, rule.since, until)) if until > rule.since else [], until)
    return Seen(list(from_connections.facts_of(asked, rule.watched_at, now)), rule.since)


@transaction.atomic
def keep(rule: Rule, seen: Seen, now: datetime) -> int:
    """The notices and the mark together. A rule that somebody switched off or put elsewhere meanwhile keeps nothing."""
    moved = bool(seen.facts) or seen.since != rule.since
    if not moved:
        return 0
    rows = Rule.objects.filter(pk=rule.pk, enabled=True, since=rule.since)
    if not rows.update(since=seen.since, watched_at=now):
        return 0
    made = tell(rule, seen.facts, now)
    rule.since, rule.watched_at = seen.since, now
    return made


def newest(engine: Engine, trigger: Trigger) -> int:
    """The mark of a rule that has looked at everything: where a new one begins."""
    if trigger in FEED_KINDS:
        return from_feed.newest()
    if trigger in OF_SCORES:
        return from_scores.newest(engine)
    return from_alerts.newest() if trigger is Trigger.ALERT else 0


def _in_feed(trigger: Trigger, asked: Conditions, since: int) -> Seen:
    events, until = from_feed.events_after(trigger, since)
    facts = list(from_feed.facts_of(trigger, asked, events)) if events else []
    return Seen(facts, until, more=len(events) == from_feed.AT_ONCE)


def _in_scores(engine: Engine, trigger: Trigger, asked: Conditions, since: int) -> Seen:
    until = from_scores.newest(engine, since)
    if until == since:
        return Seen([], since)
    found = from_scores.crossings_after(engine, trigger, asked, since, until)
    return Seen(list(from_scores.facts_of(trigger, asked, found)), until)
