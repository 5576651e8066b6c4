"""What an alert says: one sentence for a firing, one for its rule. Pure."""

from datetime import date

from leadline.analytics.alerting import AlertRule, Comparison, Judgement
from leadline.analytics.metrics import Measure
from leadline.analytics.periods import Grain, Period
from leadline.analytics.report import ValueKind
from leadline.analytics.written import MINUS, write

PERCENT = 100
LONGEST = 300
SIDES = {"above": "above", "below": "below", "both": "above or below"}


def sentence(measure: Measure, rule: AlertRule, found: Judgement, currency: str = "") -> str:
    """ "Qualified leads fell to 3 on Tue 17 Nov; usual on a Tuesday is 9 to 15." """
    value, expected = found.point.value or 0.0, found.expected or 0.0
    bucket = found.point.bucket
    moved = "rose" if value > expected else "fell"
    told = f"{measure.label} {moved} to {_told(value, measure, currency)} {when_words(bucket, rule.grain)}; "
    return (told + _compared(measure, rule, found, currency))[:LONGEST]


def _compared(measure: Measure, rule: AlertRule, found: Judgement, currency: str) -> str:
    bucket, expected = found.point.bucket, _told(found.expected, measure, currency)
    match rule.comparison:
        case Comparison.THRESHOLD:
            return f"the limit is {expected}."
        case Comparison.CHANGE:
            return f"the {rule.grain} before it was {expected}{_by(found)}."
        case Comparison.WEEKDAY:
            return f"the {bucket.first:%A} before it was {expected}{_by(found)}."
        case Comparison.ANOMALY:
            usual = f"usual on a {bucket.first:%A}" if rule.grain is Grain.DAY else f"usual in a {rule.grain}"
            return f"{usual} is {range_words(measure, found, currency)}."


def range_words(measure: Measure, found: Judgement, currency: str = "") -> str:
    """ "9 to 15": the values that would not have fired. Of counts whole ones only."""
    low, high = found.low or 0.0, found.high or 0.0
    if measure.kind is ValueKind.COUNT:
        low, high = float(-(-low // 1)), float(high // 1)
    return f"{_told(low, measure, currency)} to {_told(max(low, high), measure, currency)}"


def _by(found: Judgement) -> str:
    if not found.expected:
        return ""
    change = ((found.point.value or 0.0) / found.expected - 1) * PERCENT
    sign = "+" if change > 0 else MINUS
    return f" ({sign}{abs(change):,.0f}%)"


def when_words(bucket: Period, grain: Grain) -> str:
    """ "on Tue 17 Nov", "in the week of 16 Nov", "in November 2026"."""
    if grain is Grain.DAY:
        return f"on {_day(bucket.first)}"
    if grain is Grain.WEEK:
        return f"in the week of {bucket.first.day} {bucket.first:%b}"
    return f"in {bucket.first:%B %Y}"


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def rule_words(rule: AlertRule, measure: Measure, currency: str = "") -> str:
    """ "a day below 5", "a day 30% above or below the day before", "a day outside what is usual, 1 in 100"."""
    side = SIDES[rule.side]
    match rule.comparison:
        case Comparison.THRESHOLD:
            return f"a {rule.grain} {side} {_told(rule.value, measure, currency)}"
        case Comparison.CHANGE:
            return f"a {rule.grain} {rule.value * PERCENT:,.0f}% {side} the {rule.grain} before"
        case Comparison.WEEKDAY:
            return f"a day {rule.value * PERCENT:,.0f}% {side} the same weekday a week before"
        case Comparison.ANOMALY:
            often = 1 / rule.value if rule.value else 0
            return f"a {rule.grain} {side} what is usual, about 1 in {often:,.0f}"


def often_words(fired: int, judged: int, grain: Grain) -> str:
    """How often an alert would have fired."""
    if not judged:
        return f"There is too little history to judge a single {grain} by this rule."
    last = f"in the last {judged} {grain}{'' if judged == 1 else 's'}"
    if not fired:
        return f"It would not have fired {last}."
    times = {1: "once", 2: "twice"}.get(fired, f"{fired} times")
    return f"It would have fired {times} {last}."


def _told(value: float | None, measure: Measure, currency: str) -> str:
    return write(value, measure.kind, currency)
