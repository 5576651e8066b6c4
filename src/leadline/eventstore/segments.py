"""Segments as SQL over the people table (`eventstore/projections.py`)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from leadline.analytics.segment_fields import Field, FieldKind, FlagTest
from leadline.analytics.segments import EQUALITY, Condition, Operator, Segment, Value

Parameters = dict[str, object]
STORE_CLOCK = "(now() AT TIME ZONE 'UTC')"
AGED = {Operator.LESS: ">", Operator.AT_MOST: ">=", Operator.MORE: "<", Operator.AT_LEAST: "<="}
"""Less than seven days ago is after that moment."""


def segment_sql(
    segment: Segment, alias: str = "people", now: datetime | None = None, prefix: str = "segment"
) -> tuple[str, Parameters]:
    """A condition on the rows of people, never NULL, and its named parameters.

    Args:
        alias: what the query calls memory.main.people.
        now: what "7d" counts from, aware; the store's clock when None. Reports give `sources.now`.
        prefix: what the parameters' names begin with, for queries with several segments.
    """
    writer = _Writer(alias, now, prefix, segment.zone)
    told = [writer.condition(condition) for condition in segment.conditions]
    return " AND ".join(told) or "true", writer.parameters


def _midnight(day: date, zone: str) -> datetime:
    """When a day begins, as the store has it: UTC without a zone."""
    begins = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    try:
        return begins.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:  # the first or last day that there is
        return begins.replace(tzinfo=None)


class _Writer:
    """Writes conditions and collects what they are given."""

    def __init__(self, alias: str, now: datetime | None, prefix: str, zone: str) -> None:
        self._alias, self._now, self._prefix, self._zone = alias, now, prefix, zone
        self.parameters: Parameters = {}

    def condition(self, condition: Condition) -> str:
        column = f"{self._alias}.{condition.field.column}"
        if condition.field.kind is FieldKind.FLAG:
            return self._flag(condition, column)
        if condition.operator in EQUALITY:
            found = self._one_of(condition.field, column, condition.meant)
            return found if condition.operator is Operator.IS else f"NOT {found}"
        return f"coalesce({self._compared(condition, column)}, false)"

    def _flag(self, condition: Condition, column: str) -> str:
        clock = self._clock() if condition.field.test is FlagTest.AHEAD else ""
        test = {
            FlagTest.TRUE: f"coalesce({column}, false)",
            FlagTest.SET: f"({column} IS NOT NULL)",
            FlagTest.AHEAD: f"coalesce({column} > {clock}, false)",
        }[condition.field.test or FlagTest.SET]
        return test if condition.meant[-1] else f"NOT {test}"

    def _one_of(self, field: Field, column: str, values: tuple[Value | None, ...]) -> str:
        is_text = field.kind in (FieldKind.TEXT, FieldKind.COUNTRY)
        folded = f"lower({column})" if is_text else column
        given = [self._given(value) for value in values if value is not None]
        listed = ", ".join(f"lower({name})" if is_text else name for name in given)
        parts = [f"coalesce({folded} IN ({listed}), false)"] if listed else []
        if None in values:
            parts.append(f"{column} IS NULL" + (f" OR {column} = ''" if is_text else ""))
        return f"({' OR '.join(parts)})"

    def _compared(self, condition: Condition, column: str) -> str:
        value = condition.meant[0]
        if isinstance(value, timedelta):
            return f"{column} {AGED[condition.operator]} {self._clock()} - {self._given(value)}"
        if isinstance(value, date):
            return self._day(column, condition.operator, value)
        return f"{column} {condition.operator} {self._given(value)}"

    def _day(self, column: str, operator: Operator, day: date) -> str:
        """Of a whole day: until its end, or after it."""
        whole = operator in (Operator.AT_MOST, Operator.MORE)
        sign = ">=" if operator in (Operator.AT_LEAST, Operator.MORE) else "<"
        return f"{column} {sign} {self._given(_midnight(day + timedelta(days=1) * whole, self._zone))}"

    def _clock(self) -> str:
        if self._now is None:
            return STORE_CLOCK
        name = f"{self._prefix}_now"
        self.parameters[name] = self._now.astimezone(UTC).replace(tzinfo=None)
        return f"${name}::TIMESTAMP"

    def _given(self, value: object) -> str:
        name = f"{self._prefix}_{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"
