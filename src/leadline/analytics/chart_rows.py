"""What a chart draws of a report's table: rows of plain values with the words of its tooltips. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from leadline.analytics.report import ChartWish, Column, Report, Table, Value, ValueKind
from leadline.analytics.written import DAY, HOUR, MINUTE, write

TIME = frozenset({ValueKind.DAY, ValueKind.MOMENT})
UNITS = ((2 * DAY, DAY, "days"), (2 * HOUR, HOUR, "hours"), (2 * MINUTE, MINUTE, "minutes"))
FORMATS: Mapping[ValueKind, str] = {
    ValueKind.SHARE: "~%",
    ValueKind.COUNT: ",~f",
    ValueKind.MONEY: ",~f",
    ValueKind.NUMBER: ",~f",
    ValueKind.POINTS: ",~f",
    ValueKind.SECONDS: ",~f",
}
"""How an axis writes its numbers, in d3's language."""

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Scale:
    """A measured column as an axis shows it: seconds in the unit that fits."""

    kind: ValueKind
    title: str
    divisor: float = 1

    @property
    def format(self) -> str:
        """In d3's language."""
        return FORMATS.get(self.kind, "")

    def of(self, value: Value) -> float | None:
        """A value on the axis."""
        return float(value) / self.divisor if isinstance(value, int | float | Decimal) else None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A report, one of its wishes and the table that it draws."""

    report: Report
    wish: ChartWish
    table: Table

    @property
    def x(self) -> Column:
        """The column across."""
        return self.column(self.wish.x)

    @property
    def ys(self) -> tuple[Column, ...]:
        """The columns that are measured."""
        return tuple(map(self.column, self.wish.y))

    @property
    def is_time(self) -> bool:
        """Whether it goes over days."""
        return self.x.kind in TIME

    @property
    def is_told_apart(self) -> bool:
        """Whether there are several series."""
        return bool(self.wish.series) or len(self.wish.y) > 1

    def option(self, name: str) -> bool:
        """Whether it is asked for."""
        return self.wish.options.get(name) == "1"

    def column(self, name: str) -> Column:
        """One column of the table.

        Raises:
            KeyError: it has none of that name.
        """
        for column in self.table.columns:
            if column.name == name:
                return column
        raise KeyError(f"The table {self.table.name} has no column {name!r}, which its chart draws.")

    def words(self, column: Column, value: Value) -> str:
        """A value as people read it."""
        return write(value, column.kind, self.report.currency)

    def scale(self, *columns: Column) -> Scale:
        """The axis of these columns."""
        first = columns[0]
        title = first.label if len(columns) == 1 else self.table.title
        if first.kind is ValueKind.MONEY:
            return Scale(first.kind, f"{title}, {self.report.currency}".rstrip(", "))
        if first.kind is not ValueKind.SECONDS:
            return Scale(first.kind, title)
        values = [value for column in columns for value in self.table.column(column.name)]
        most = max((abs(float(value)) for value in values if isinstance(value, int | float | Decimal)), default=0)
        found = ((divisor, unit) for least, divisor, unit in UNITS if most >= least)
        divisor, unit = next(found, (1, "seconds"))
        return Scale(first.kind, f"{title}, {unit}", divisor)


def long_rows(drawn: Drawn) -> Iterator[Row]:
    """One row for each x, measure and series: x, y, series, and the words of each."""
    scale = drawn.scale(*drawn.ys)
    for record in drawn.table.records():
        for column in drawn.ys:
            value = record[column.name]
            yield {
                "x": across(drawn, record[drawn.x.name]),
                "y": scale.of(value),
                "series": _series(drawn, record, column),
                "label": drawn.words(drawn.x, record[drawn.x.name]),
                "said": drawn.words(column, value),
            }


def day_names(drawn: Drawn, column: Column) -> dict[str, str]:
    """By ISO day, how it is called: without the year where all are of one."""
    if column.kind is not ValueKind.DAY:
        return {}
    days = [value for value in drawn.table.column(column.name) if isinstance(value, date)]
    year = "" if len({day.year for day in days}) == 1 else " %Y"
    return {day.isoformat(): f"{day.day} {day.strftime('%b' + year)}" for day in days}


def across(drawn: Drawn, value: Value) -> str:
    """A value of the x column as its axis takes it: an ISO day or moment, else words."""
    if isinstance(value, datetime):
        return value.isoformat()
    return value.isoformat() if isinstance(value, date) else drawn.words(drawn.x, value)


def _series(drawn: Drawn, record: Mapping[str, Value], column: Column) -> str:
    if not drawn.wish.series:
        return column.label
    named = drawn.words(drawn.column(drawn.wish.series), record[drawn.wish.series])
    return named if len(drawn.wish.y) == 1 else f"{named}, {column.label}"
