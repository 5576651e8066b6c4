"""The stage that each lead of a cutoff would have entered then, by entry conditions alone.

As `qualification.conditions.enters` says, from nothing: without what the stage machine remembers (a total that was held
for so long, dwell, earlier stages), without silence, and without words of sales.
"""

from collections.abc import Iterator

from leadline.eventstore.backtest import naive
from leadline.eventstore.database import Cursor
from leadline.eventstore.schema import sql
from leadline.qualification.stages import LADDER, Stage
from leadline.scoring.backtesting import Cutoff
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.stage_terms import StageRule, Threshold

MICRO_PER_THOUSANDTH = 1000


def find_contacts(cursor: Cursor, cutoff: Cutoff) -> None:
    """Make the temporary table `contacts`: whom one could name and reach at the cutoff."""
    cursor.execute(sql("backtest_contacts"), {"moment": naive(cutoff.moment)})


def stages_then(cursor: Cursor, place: int, ruleset: Ruleset, cutoff: Cutoff) -> dict[str, tuple[int, int]]:
    """For each stage how many leads of `scored_<place>` would have entered it, and how many of them converted."""
    cursor.execute(sql("backtest_triggered"), {"part": trigger_part(place), "moment": naive(cutoff.moment)})
    rows = cursor.execute(_query(place, ruleset)).fetchall()
    return {stage: (leads, converted) for stage, leads, converted in rows}


def trigger_part(place: int) -> str:
    """What the conversions are called that trigger stages of the ruleset at a place."""
    return f"trigger {place}"


def _query(place: int, ruleset: Ruleset) -> str:
    """Each stage is a column of the level below, since a later one asks whether an earlier one was reached."""
    source = (
        f"(SELECT scored.*, coalesce(known, false) AS known, coalesce(reachable, false) AS reachable, "
        "coalesce(stages, []) AS triggers "
        f"FROM scored_{place} AS scored LEFT JOIN contacts USING (lead) LEFT JOIN triggered USING (lead))"
    )
    rules = [rule for stage in LADDER for rule in ruleset.stages if rule.name == stage]
    for rule in rules:
        source = f"(SELECT *, {_enters(ruleset, rules, rule)} AS in_{rule.name} FROM {source})"
    choices = " ".join(f"WHEN in_{rule.name} THEN '{rule.name}'" for rule in reversed(rules))
    stage = (
        f"CASE WHEN known AND list_bool_or(disqualifications) THEN '{Stage.DISQUALIFIED}' {choices} "
        f"ELSE '{Stage.INITIAL_ENGAGEMENT}' END"
    )
    return f"SELECT {stage} AS stage, count(*), count(*) FILTER (converted) FROM {source} GROUP BY stage ORDER BY stage"


def _enters(ruleset: Ruleset, rules: list[StageRule], rule: StageRule) -> str:
    ways = [f"list_contains(triggers, '{rule.name}')"]
    if rule.enter_total is not None:
        ways.append(f"total >= {rule.enter_total * MICRO_PER_THOUSANDTH}")
    if rule.enter is not None:
        below = rules[: rules.index(rule)]
        held = [_lower_holds(ruleset, below, lower) for lower in below if lower.enter is not None]
        ways.append(f"({' AND '.join([_meets(ruleset, rule.enter), *held])})")
    needs = [need for need in ("known", "reachable") if need == "known" or need in rule.needs]
    return f"({' AND '.join(needs)} AND ({' OR '.join(ways)}))"


def _lower_holds(ruleset: Ruleset, below: list[StageRule], lower: StageRule) -> str:
    """A stage that was reached, or passed, only has to be kept."""
    if lower.enter is None or lower.stay is None:
        return _meets(ruleset, lower.enter) if lower.enter else "true"
    reached = " OR ".join(f"in_{rule.name}" for rule in below[below.index(lower) :])
    return f"({_meets(ruleset, lower.enter)} OR (({reached}) AND {_meets(ruleset, lower.stay)}))"


def _meets(ruleset: Ruleset, threshold: Threshold) -> str:
    return f"({' + '.join(_reaches(ruleset, threshold))}) >= {threshold.count}"


def _reaches(ruleset: Ruleset, threshold: Threshold) -> Iterator[str]:
    for name, points in threshold.factors:
        yield f"(factors[{ruleset.factor_index(name) + 1}] >= {points * MICRO_PER_THOUSANDTH})::INTEGER"
