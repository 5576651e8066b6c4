"""What scores hold for a rule: those that rose or fell by so much; eventstore/score_crossings.py says against what."""

from collections.abc import Iterable, Iterator

from leadline.eventstore.score_crossings import FALLS, RISES, Crossing, crossings, settled
from leadline.kernel.clock import to_micros
from leadline.notifications.facts import Fact
from leadline.notifications.rules import Conditions, Trigger
from leadline.pipeline.engine import Engine
from leadline.pipeline.marks import current_mark
from leadline.pipeline.notifying.lead_facts import MICRO, lead_fact, standings_of

SIGNS = {Trigger.JUMP: RISES, Trigger.DROP: FALLS}


def newest(engine: Engine, since: int = 0) -> int:
    """How far evaluations are done."""
    mark = current_mark()
    with engine.store.cursor() as cursor:
        return settled(cursor, since, mark.load_seq, mark.evaluated_to)


def crossings_after(engine: Engine, trigger: Trigger, asked: Conditions, since: int, until: int) -> list[Crossing]:
    """Who passed the limit since the last look."""
    with engine.store.cursor() as cursor:
        return crossings(cursor, since, until, asked.points, asked.days, SIGNS[trigger])


def facts_of(trigger: Trigger, asked: Conditions, found: Iterable[Crossing]) -> Iterator[Fact]:
    """Those whom the conditions mean."""
    meant = [each for each in found if asked.meets(each.stage, each.grade)]
    people = standings_of(each.lead for each in meant)
    for each in meant:
        if (row := people.get(each.lead)) is not None:
            change = abs(each.total - each.base)
            values = {
                "points": str(change // MICRO),
                "before": str(each.base // MICRO),
                "score": str(each.total // MICRO),
                "days": str(asked.days),
            }
            key = f"{trigger.value}:{each.lead}:{to_micros(each.at)}"
            yield lead_fact(key, each.at, trigger.value, row, **values)
