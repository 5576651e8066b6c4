"""One person's way from the first touch to now: visits with their channel, and what they led to in between."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from leadline.analytics.channel_rules import read_rules
from leadline.analytics.channels import Visit, channel_of
from leadline.eventstore.lead_timeline import visits_between
from leadline.kernel.clock import utc_now
from leadline.pipeline.engine import Engine
from leadline.pipeline.timelines import from_elsewhere, own_sites
from leadline.qualification.models import Transition
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.sentences import conversion_sentence
from leadline.tracking.models import Conversion

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class StepKind(StrEnum):
    """What a step is."""

    VISIT = "visit"
    CONVERSION = "conversion"
    STAGE = "stage"


@dataclass(frozen=True, slots=True)
class JourneyStep:
    """One step.

    Attributes:
        what: a visit's channel; a conversion's sentence; the stage that was entered.
        campaign, source: of a visit; may be empty.
        cancelled: whether the conversion was taken back.
    """

    at: datetime
    kind: StepKind
    what: str
    campaign: str = ""
    source: str = ""
    cancelled: bool = False


def journey(engine: Engine, lead: int) -> list[JourneyStep]:
    """All steps of a lead, oldest first; at one moment the visit comes before what it led to."""
    order = list(StepKind)
    steps = [*_visits(engine, lead), *_conversions(engine.ruleset, lead), *_stages(lead)]
    return sorted(steps, key=lambda step: (step.at, order.index(step.kind)))


def _visits(engine: Engine, lead: int) -> Iterator[JourneyStep]:
    ours, rules = own_sites(engine.ruleset), read_rules(engine.ruleset.domains.own)
    with engine.store.cursor() as cursor:
        visits = visits_between(cursor, lead, BEGINNING, utc_now())
    for stored in visits:
        visit = from_elsewhere(stored, ours)
        read = Visit(visit.utm_source, visit.utm_medium, visit.utm_campaign, visit.referrer_domain, visit.path)
        source = visit.utm_source or visit.referrer_domain or ""
        yield JourneyStep(visit.started_at, StepKind.VISIT, channel_of(rules, read), visit.utm_campaign or "", source)


def _conversions(ruleset: Ruleset, lead: int) -> Iterator[JourneyStep]:
    rules = {rule.name: rule for rule in ruleset.conversions}
    for row in Conversion.objects.filter(identity__lead=lead, occurred_at__isnull=False):
        if row.name in rules and row.occurred_at is not None:
            sentence = conversion_sentence(rules[row.name], row.facts)
            yield JourneyStep(row.occurred_at, StepKind.CONVERSION, sentence, cancelled=row.cancelled_at is not None)


def _stages(lead: int) -> Iterator[JourneyStep]:
    for at, stage in Transition.objects.filter(lead=lead).values_list("at", "to_stage"):
        yield JourneyStep(at, StepKind.STAGE, stage)
