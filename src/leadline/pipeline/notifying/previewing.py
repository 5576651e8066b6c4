"""How often a rule would have told something in the last 30 days, and what. Nothing is written."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from leadline.analytics.models import AlertFiring
from leadline.eventstore.score_crossings import crossings_by_day
from leadline.kernel.clock import utc_day
from leadline.notifications.facts import Fact
from leadline.notifications.models import Rule
from leadline.notifications.rules import FEED_KINDS, OF_SCORES, Conditions, Trigger, quiet_time, read_conditions
from leadline.notifications.templates import fill
from leadline.notifications.wording import template_of
from leadline.pipeline.engine import Engine
from leadline.pipeline.notifying import from_alerts, from_feed, from_scores
from leadline.qualification.models import QualificationEvent

DAYS = 30
MOST = 5_000
EXAMPLES = 5
UNKNOWN = "Connections keep only what is wrong now, so nobody can tell how often this would have been."
AT_LEAST = f"There is more than {MOST:,} to look at; this is of the newest."
BY_DAY = "Scores are compared at the ends of UTC days; at work the rule looks whenever a score changes."


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would have told.

    Attributes:
        count: how often; None when nobody can tell.
        examples: when, and what its subject would have been, the newest first.
    """

    count: int | None
    examples: tuple[tuple[datetime, str], ...] = ()
    note: str = ""

    @property
    def words(self) -> str:
        """As a sentence."""
        if self.count is None:
            return self.note
        times = "once" if self.count == 1 else f"{self.count:,} times"
        return f"Would have told {times} in the last {DAYS} days." if self.count else NEVER

    def as_dict(self) -> dict[str, Any]:
        """As JSON takes it."""
        examples = [{"at": at.isoformat(), "subject": subject} for at, subject in self.examples]
        return {"count": self.count, "days": DAYS, "words": self.words, "note": self.note, "examples": examples}


NEVER = f"Would have told nothing in the last {DAYS} days."


def preview(engine: Engine, rule: Rule, now: datetime) -> Preview:
    """Of a rule, kept or not. To several channels each message goes once, and counts once here."""
    trigger = Trigger(rule.trigger)
    asked = read_conditions(trigger, rule.conditions)
    if trigger is Trigger.SYNC:
        return Preview(None, note=UNKNOWN)
    facts, note = _past(engine, trigger, asked, now - timedelta(days=DAYS))
    mine = [fact for fact in facts if rule.person_id is None or fact.owner == rule.person_id]
    told = list(_told(mine, quiet_time(trigger, asked, rule.quiet_hours)))
    template = template_of(trigger, rule.template)
    zone = settings.REPORTING_ZONE
    examples = [  # a day that is not over has not ended yet
        (min(fact.at, now), fill(template, fact.told_in(zone)).subject) for fact in told[-EXAMPLES:]
    ]
    return Preview(len(told), tuple(reversed(examples)), note)


def _past(engine: Engine, trigger: Trigger, asked: Conditions, since: datetime) -> tuple[list[Fact], str]:
    if trigger in FEED_KINDS:
        rows = QualificationEvent.objects.filter(kind=FEED_KINDS[trigger], at__gte=since)
        events = sorted(rows.order_by("-at", "-pk")[: MOST + 1], key=lambda event: (event.at, event.pk))
        return list(from_feed.facts_of(trigger, asked, events[-MOST:])), AT_LEAST if len(events) > MOST else ""
    if trigger in OF_SCORES:
        with engine.store.cursor() as cursor:
            sign = from_scores.SIGNS[trigger]
            found = crossings_by_day(cursor, utc_day(since), asked.points, asked.days, sign)
        return list(from_scores.facts_of(trigger, asked, found[-MOST:])), AT_LEAST if len(found) > MOST else BY_DAY
    firings = AlertFiring.objects.filter(at__gte=since).select_related("alert").order_by("at")
    meant = firings.filter(alert__in=asked.alerts) if asked.alerts else firings
    return [from_alerts.fact_of(row) for row in meant], ""


def _told(facts: Iterable[Fact], quiet: timedelta) -> Iterator[Fact]:
    """Without what is quiet because the same was just told."""
    last: dict[tuple[int | None, str], datetime] = {}
    for fact in facts:
        what = (fact.lead, fact.matter)
        if what not in last or not quiet or fact.at - last[what] >= quiet:
            last[what] = fact.at
            yield fact
