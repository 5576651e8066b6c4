"""Steps as SQL: which rows of the events, or of the numbers of what people did, meet them."""

from collections.abc import Sequence
from datetime import datetime

from leadline.analytics.segments import Segment
from leadline.analytics.steps import PropertyCondition, Step, StepSource
from leadline.eventstore.doings import CODES
from leadline.eventstore.segments import segment_sql

KINDS = {
    StepSource.EVENT: "kind IN ('track', 'screen')",
    StepSource.PAGE: "kind = 'page'",
    StepSource.ANY: "kind IN ('track', 'page', 'screen')",
}
ROWS_OF_EVENTS = "events JOIN identity_lead USING (identity)"
EVERYBODY = Segment()
COUNTED = "NOT bot AND NOT internal"


class Given:
    """Named parameters of one query, collected while its text is written."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}

    def name(self, value: object) -> str:
        """The text that stands for a value."""
        name = f"given_{len(self.values)}"
        self.values[name] = value
        return f"${name}"

    def chosen(self, segment: Segment, now: datetime) -> str:
        """The leads of a segment, as a subquery."""
        condition, values = segment_sql(segment, "people", now=now)
        self.values |= values
        return f"(SELECT lead FROM memory.main.people AS people WHERE {condition}) AS chosen"


def is_filtered(step: Step) -> bool:
    """Whether properties must be read, which only the events have."""
    return bool(step.where)


def is_behaviour(step: Step) -> bool:
    """Whether events or pages meet it."""
    return step.source in KINDS


def meets(step: Step, given: Given) -> str:
    """A condition on rows of events; without properties on rows of the codes, too. Never NULL."""
    parts = [KINDS[step.source]]
    if step.source is StepSource.EVENT:
        parts.append(f"name = {given.name(step.name)}")
    elif step.source is StepSource.PAGE and step.name.endswith("*"):
        parts.append(f"starts_with(coalesce(path, ''), {given.name(step.name[:-1])})")
    elif step.source is StepSource.PAGE and step.name:
        parts.append(f"coalesce(path, '') = {given.name(step.name)}")
    return " AND ".join([*parts, *(_property(each, given) for each in step.where)])


def codes(steps: Sequence[tuple[int, Step]], given: Given) -> str:
    """(code, step) of steps without properties."""
    rows = (f"SELECT code, {place}::TINYINT AS step FROM {CODES} WHERE {meets(step, given)}" for place, step in steps)
    return " UNION ALL ".join(rows) or "SELECT 0::UINTEGER AS code, 0::TINYINT AS step WHERE false"


def records(place: int, step: Step, given: Given, bounds: tuple[str, str]) -> str:
    """(lead, moment, step) of conversions or entered stages between two instants, which are texts in the query."""
    if step.source is StepSource.CONVERSION:
        stands = "(cancelled_at IS NULL OR name = 'opportunity')"
        table, at, condition = "conversions", "converted_at", f"name = {given.name(step.name)} AND {stands}"
    else:
        table, at, condition = "moves", "moved_at", f"to_stage = {given.name(step.name)}"
    inside = f"epoch_us({at}) >= {bounds[0]} AND epoch_us({at}) < {bounds[1]}"
    return f"""SELECT lead::INTEGER AS lead, epoch_us({at}) AS moment, {place}::TINYINT AS step
        FROM memory.main.{table} WHERE {condition} AND {inside}"""


def within(bounds: tuple[str, str]) -> str:
    """The condition on events that they lie between two instants; the days let whole row groups be skipped."""
    start, end = (f"make_timestamp({bound})" for bound in bounds)
    return f"day BETWEEN {start}::DATE AND {end}::DATE AND occurred_at >= {start} AND occurred_at < {end}"


def property_text(key: str, given: Given) -> str:
    """A property as text, NULL when it is missing."""
    pointer = "/" + key.replace("~", "~0").replace("/", "~1")
    return f"json_extract_string(properties, {given.name(pointer)})"


def _property(condition: PropertyCondition, given: Given) -> str:
    listed = ", ".join(given.name(value) for value in condition.values)
    found = f"coalesce({property_text(condition.key, given)} IN ({listed}), false)"
    return f"NOT {found}" if condition.negated else found
