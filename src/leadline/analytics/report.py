"""What every report gives: figures, tables, and which charts to draw of them. Plain data that survives JSON.

The same report is shown on pages, drawn in PDF and mail, exported, and printed by the command line: there is one
computation of a number, and all of them show it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

Value = str | int | float | Decimal | date | datetime | None


class ValueKind(StrEnum):
    """What a value is, so that each surface writes it its own way."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    SHARE = "share"  # 0..1
    MONEY = "money"  # in the reporting currency
    SECONDS = "seconds"
    POINTS = "points"  # 0..100
    DAY = "day"  # a date
    MOMENT = "moment"  # an aware UTC datetime
    STAGE = "stage"
    LEAD = "lead"  # a lead's number: personal, never on a shared page
    ACCOUNT = "account"  # an account's number


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table. `name` is for programs, `label` for people."""

    name: str
    label: str
    kind: ValueKind = ValueKind.TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of values, one for each column.

    Attributes:
        note: what a reader must know about it, in a sentence.
        personal: it names people; shared pages leave it out.
        row_kinds: where the rows tell of different things: of each row, what its values in columns of NUMBER are.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: str = ""
    personal: bool = False
    row_kinds: tuple[ValueKind, ...] = ()

    def kinds(self, place: int) -> tuple[ValueKind, ...]:
        """What the values of a row are, in the order of the columns."""
        number = self.row_kinds[place] if self.row_kinds else ValueKind.NUMBER
        return tuple(number if column.kind is ValueKind.NUMBER else column.kind for column in self.columns)

    def column(self, name: str) -> list[Value]:
        """The values of one column."""
        place = [column.name for column in self.columns].index(name)
        return [row[place] for row in self.rows]

    def records(self) -> list[dict[str, Value]]:
        """The rows as mappings by column name."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its words. `before` is its value over the period before; `better` says which way is good: "up",
    "down", or "" when neither is."""

    name: str
    label: str
    value: Value
    kind: ValueKind
    definition: str = ""
    before: Value = None
    better: str = "up"
    trend: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class ChartWish:
    """Which chart to draw of which table. What `mark` may be stands in `charts.py`.

    Attributes:
        x, y: names of columns; `y` may be several.
        series: the column whose values are told apart, if any.
        options: what else the mark takes, such as {"stacked": "1"}.
    """

    mark: str
    table: str
    x: str
    y: tuple[str, ...]
    series: str = ""
    title: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """An answer. `wanted` is what was asked, as texts, complete; asked again it gives the same report.

    Attributes:
        question: the title, as a question or a statement of what is there.
        definition: in words, what is counted and how.
        as_of: what came in until then is in it.
        currency: of its money columns.
        notes: what a reader must know: rates that are missing, people too young to count.
        personal_notes: those of the notes that may name somebody; shared pages leave them out.
    """

    kind: str
    question: str
    definition: str
    wanted: Mapping[str, str]
    as_of: datetime
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[ChartWish, ...] = ()
    notes: tuple[str, ...] = ()
    currency: str = ""
    personal_notes: tuple[str, ...] = ()

    def table(self, name: str) -> Table:
        """One of its tables.

        Raises:
            KeyError: it has none of that name.
        """
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)

    def figure(self, name: str) -> Figure:
        """One of its figures.

        Raises:
            KeyError: it has none of that name.
        """
        for figure in self.figures:
            if figure.name == name:
                return figure
        raise KeyError(name)

    def as_dict(self) -> dict[str, Any]:
        """As JSON takes it: for the API, the command line and boards."""
        return {
            "kind": self.kind,
            "question": self.question,
            "definition": self.definition,
            "wanted": dict(self.wanted),
            "as_of": self.as_of.isoformat(),
            "currency": self.currency,
            "figures": [_figure(each) for each in self.figures],
            "tables": [_table(each) for each in self.tables],
            "notes": list(self.notes),
        }


def _figure(each: Figure) -> dict[str, Any]:
    return {
        "name": each.name,
        "label": each.label,
        "kind": each.kind.value,
        "value": plain(each.value),
        "before": plain(each.before),
        "definition": each.definition,
        "trend": list(each.trend),
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "title": table.title,
        "note": table.note,
        "columns": [{"name": each.name, "label": each.label, "kind": each.kind.value} for each in table.columns],
        "rows": [plain_row(row) for row in table.rows],
        **({"row_kinds": [kind.value for kind in table.row_kinds]} if table.row_kinds else {}),
    }


def plain_row(row: Iterable[Value]) -> list[Any]:
    """A row as JSON takes it."""
    return [plain(value) for value in row]


def plain(value: Value) -> Any:
    """A value as JSON takes it: decimals as numbers, days and moments in ISO 8601."""
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
