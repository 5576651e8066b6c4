"""Numbers as the sentences that a salesperson reads: "Requested a quote for 4 bookkeepers".

Placeholders of a factor's `reason`: {count} and {value} are the measure, {minutes} the measure of seconds in minutes.
A measure that decays or is capped says less than what happened; unless the caller knows the plain number, such a
sentence says "at least", so that it is true. Placeholders of a conversion's `sentence` are its facts, and
{seats_and_roles}.
"""

import math
import re
from collections.abc import Mapping, Sequence

from leadline.engagement.metrics import SCALE, as_number
from leadline.scoring.arithmetic import WEIGHT_ONE
from leadline.scoring.ruleset import Factor, Ruleset
from leadline.scoring.score import LeadScore
from leadline.scoring.stage_terms import ConversionRule

SECONDS_PER_MINUTE = 60

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_CLAUSE = re.compile(r"\s+(?:(?:for|on|to|at|with|of|in|worth)\s+)?\S*\{(\w+)\}")
_TIMES = re.compile(r"\b([12]) times\b")
_AFTER_ONE = re.compile(r"\b(1(?: at least)?) ((?:[a-z]+ )?)([a-z]{2,}[^s\W])s\b")


def strongest(score: LeadScore) -> Factor | None:
    """The factor that gives most to the total, the first of equals; None when none gives anything."""
    best: Factor | None = None
    most = 0.0
    for dimension in score.dimensions.values():
        weights = sum(each.factor.weight for each in dimension.factors.values())
        for each in dimension.factors.values():
            given = dimension.weight_thousandths * each.factor.weight * each.nano / weights
            if given > most:
                best, most = each.factor, given
    return best


def strongest_of(ruleset: Ruleset, factors: Mapping[str, int]) -> Factor | None:
    """The same from the factors' scores alone, by name and in any one unit; None when all are 0."""
    best: Factor | None = None
    most = 0.0
    for factor in ruleset.factors:
        given = factors[factor.name] * ruleset.worth[factor.name]
        if given > most:
            best, most = factor, given
    return best


def says_less(factor: Factor) -> bool:
    """Whether decay or a cap makes a factor's measure less than what happened."""
    return factor.measure.half_life_days is not None or factor.measure.daily_cap is not None


def sentence_for(factor: Factor, score: LeadScore, plain: int | None = None) -> str:
    """The sentence that a factor's measure becomes.

    Args:
        factor: of the ruleset that made `score`.
        plain: the measure without decay and caps, in its whole units (see `LeadScoringEngine.undecayed`).
    """
    if plain is None:
        return measured_sentence(factor, score.factor(factor).raw_units, least=says_less(factor))
    return measured_sentence(factor, plain)


def measured_sentence(factor: Factor, raw: float, *, least: bool = False) -> str:
    """The sentence of a factor for what was measured, in whole units.

    Args:
        least: say "at least", since the measure is less than what happened.
    """
    amount = raw / (SCALE * WEIGHT_ONE)
    numbers = {"count": _count(amount, least), "value": _value(amount, least), "minutes": _minutes(amount, least)}
    text = _PLACEHOLDER.sub(lambda found: numbers.get(found[1], found[0]), factor.reason)
    return _singular(_often(text))


def _count(amount: float, least: bool) -> str:
    """Whole things: a decayed sum of 1.2 takes at least 2 of them."""
    return f"at least {math.ceil(amount)}" if least else _trimmed(amount)


def _value(amount: float, least: bool) -> str:
    return f"at least {math.floor(amount)}" if least else _trimmed(amount)


def _minutes(seconds: float, least: bool) -> str:
    minutes = seconds / SECONDS_PER_MINUTE
    if least:
        return f"at least {math.floor(minutes)}" if minutes >= 1 else "some"
    return str(max(math.floor(minutes + 0.5), 1))


def _trimmed(number: float) -> str:
    """With one decimal where it has any: 75, 62.5."""
    return f"{number:.1f}".removesuffix(".0")


def _often(text: str) -> str:
    return _TIMES.sub(lambda found: "once" if found[1] == "1" else "twice", text)


def _singular(text: str) -> str:
    """Templates are in the plural; after a 1 the noun that follows loses its s."""
    return _AFTER_ONE.sub(r"\1 \2\3", text)


def conversion_sentence(rule: ConversionRule, facts: Mapping[str, object]) -> str:
    """The sentence of one conversion; a part whose fact is missing is left out with its preposition.

    Args:
        facts: the properties that were kept with it; `roles` is a list of names or one name, `seats` a number.
    """
    texts = {name: text for name, value in facts.items() if (text := _fact(value))}
    if whom := seats_and_roles(facts.get("seats"), facts.get("roles")):
        texts["seats_and_roles"] = whom
    kept = _CLAUSE.sub(lambda found: found[0] if found[1] in texts else "", rule.sentence)
    return _PLACEHOLDER.sub(lambda found: texts.get(found[1], ""), kept).strip()


def seats_and_roles(seats: object, roles: object) -> str:
    """How many of whom: "4 bookkeepers", "6 seats: bookkeeper, web developer", "4 seats"; empty without either."""
    names = _role_names(roles)
    count = as_number(seats)
    if count is None or count < 1:
        return f"{names[0]}s" if len(names) == 1 else ", ".join(names)
    if len(names) == 1:
        return _counted(count, names[0])
    return ": ".join(part for part in (_counted(count, "seat"), ", ".join(names)) if part)


def _role_names(roles: object) -> Sequence[str]:
    given = [roles] if isinstance(roles, str) else roles if isinstance(roles, list | tuple) else []
    return [text for role in given if (text := _role_name(role))]


def _role_name(role: object) -> str:
    """A role given as text, or as an object with a title."""
    if isinstance(role, Mapping):
        role = role.get("title") or role.get("name")
    return re.sub(r"[-_]+", " ", role.strip()) if isinstance(role, str) else ""


def _counted(count: float, noun: str) -> str:
    return f"{_trimmed(count)} {noun}" if count == 1 else f"{_trimmed(count)} {noun}s"


def _fact(value: object) -> str:
    if (number := as_number(value)) is not None:
        return _trimmed(number)
    if isinstance(value, list | tuple):
        return ", ".join(text for item in value if (text := _fact(item)))
    return value.strip() if isinstance(value, str) else ""
