"""A segment in words: "Channel is Paid search or Direct", "Last seen within 7 days". Pure."""

from leadline.analytics.segment_fields import FieldKind
from leadline.analytics.segments import SPAN, Condition, Operator
from leadline.web.words import counted

PLAIN = {
    Operator.AT_LEAST: "at least",
    Operator.AT_MOST: "at most",
    Operator.MORE: "more than",
    Operator.LESS: "less than",
}
DAYS = {Operator.AT_LEAST: "from", Operator.AT_MOST: "until", Operator.MORE: "after", Operator.LESS: "before"}
UNITS = {"h": "hour", "d": "day", "w": "week"}


def condition_words(condition: Condition) -> str:
    """One condition as people say it."""
    field, operator = condition.field, condition.operator
    if field.kind is FieldKind.FLAG:
        return field.label if condition.values[-1] == "yes" else f"Not {field.label.lower()}"
    if field.kind is FieldKind.MOMENT:
        return f"{field.label} {_moment(condition)}"
    if operator in PLAIN:
        return f"{field.label} {PLAIN[operator]} {condition.values[0]}"
    names = dict(field.choices)
    told = " or ".join(names.get(value, value) or "none" for value in condition.values)
    return f"{field.label} {'is not' if operator is Operator.IS_NOT else 'is'} {told}"


def _moment(condition: Condition) -> str:
    value, operator = condition.values[0], condition.operator
    if not value:
        return "never" if operator is Operator.IS else "at any time"
    if not (span := SPAN.fullmatch(value)):
        return f"{DAYS[operator]} {value}"
    length = counted(int(span[1]), UNITS[span[2]])
    return f"within {length}" if operator in (Operator.LESS, Operator.AT_MOST) else f"more than {length} ago"
