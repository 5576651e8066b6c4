"""A report, or a part of it, as pages show it: figures, tables and charts in words, with what links where."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo

from leadline.analytics.metrics import is_metric
from leadline.analytics.models import Annotation
from leadline.analytics.report import Figure, Report, Table, Value, ValueKind
from leadline.kernel.typed_numbers import number_of
from leadline.web.chart_shelf import spec_of
from leadline.web.queries.report_names import Names, names_in
from leadline.web.sparks import spark
from leadline.web.values import NUMBERS, change_words, tone, write

BRIEF, ALL, FIGURES, CHART, TABLE = "brief", "all", "figures", "chart", "table"
MOST_ROWS = 100
MOST_FIGURES = 4
"""Of a brief part."""
HEIGHTS: Mapping[str, tuple[int, int]] = {
    "brief": (240, 7),
    "s": (160, 4),
    "m": (240, 7),
    "l": (360, 10),
    "xl": (520, 15),
}
"""By a slot's height: pixels of a chart, and the rows of a table that fit."""
ROW_LINKS = {ValueKind.LEAD: "leads_one", ValueKind.ACCOUNT: "accounts_one"}


@dataclass(frozen=True, slots=True)
class FigureShown:
    """A number in words. `tone` is "good", "bad" or empty; `spark` the points of a small line, empty without one;
    `metric` its name when alerts can watch it, else empty."""

    label: str
    value: str
    change: str
    tone: str
    definition: str
    spark: str
    metric: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value. `page` and `number` are where it leads, if anywhere."""

    text: str
    is_number: bool = False
    page: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class TableShown:
    """A table, cut: `left_out` rows are in the CSV only."""

    name: str
    title: str
    note: str
    headings: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Cell, ...], ...]
    count: int
    left_out: int


@dataclass(frozen=True, slots=True)
class ChartShown:
    """A chart: its specification as JSON and its numbers."""

    number: int
    title: str
    spec: str
    height: int
    table: TableShown


@dataclass(frozen=True, slots=True)
class Part:
    """What is shown of a report."""

    report: Report
    show: str
    figures: tuple[FigureShown, ...] = ()
    charts: tuple[ChartShown, ...] = ()
    tables: tuple[TableShown, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see: no figures, and tables without rows."""
        return not self.figures and not self.charts and not any(table.rows for table in self.tables)


def part_of(report: Report, show: str = ALL, height: str = "", zone: tzinfo = UTC, *, linked: bool = True) -> Part:
    """What `show` names: "all", "brief" (figures and the first chart, else the first table), "figures", "chart:N" or
    "table:NAME".

    Args:
        height: of the slot it fills, a key of HEIGHTS; empty for all the room there is.
        linked: leads and accounts by name, with links, and what happened on the charts; else by number, and without
            these words of the team, which may name somebody.

    Raises:
        KeyError: the report has no such part.
    """
    writing = _Writing(report, zone, HEIGHTS.get(height), linked=linked)
    kind, _, which = show.partition(":")
    if kind == FIGURES:
        return Part(report, show, figures=writing.figures())
    if kind == CHART:
        return Part(report, show, charts=(writing.chart(_place(which, report)),))
    if kind == TABLE:
        return Part(report, show, tables=(writing.table(report.table(which)),))
    if kind == BRIEF:
        return _brief(writing, report)
    charts = tuple(writing.chart(number) for number in range(len(report.charts)))
    return Part(report, ALL, writing.figures(), charts, tuple(map(writing.table, report.tables)))


def _brief(writing: "_Writing", report: Report) -> Part:
    figures = writing.figures()[:MOST_FIGURES]
    if report.charts:
        return Part(report, BRIEF, figures, (writing.chart(0),))
    return Part(report, BRIEF, figures, tables=tuple(map(writing.table, report.tables[:1])))


def _place(which: str, report: Report) -> int:
    place = number_of(which)
    if place is None or place >= len(report.charts):
        raise KeyError(which)
    return place


class _Writing:
    """Writes the parts of one report."""

    def __init__(self, report: Report, zone: tzinfo, room: tuple[int, int] | None, *, linked: bool) -> None:
        self._report, self._zone = report, zone
        self._height, self._rows = room or (0, MOST_ROWS)
        self._linked = linked

    def figures(self) -> tuple[FigureShown, ...]:
        return tuple(figure_shown(each, self._report.currency) for each in self._report.figures)

    def chart(self, number: int) -> ChartShown:
        wish = self._report.charts[number]
        told = annotations() if self._linked else ()
        spec, height = spec_of(self._report, number, self._height or None, told)
        table = self.table(self._report.table(wish.table))
        return ChartShown(number, wish.title or self._report.question, spec, height, table)

    def table(self, table: Table) -> TableShown:
        shown = table.rows[: self._rows]
        names = names_in(table.columns, shown) if self._linked else Names()
        return TableShown(
            table.name,
            table.title,
            table.note,
            tuple((column.label, column.kind in NUMBERS) for column in table.columns),
            tuple(tuple(self._cells(table.kinds(place), row, names)) for place, row in enumerate(shown)),
            len(table.rows),
            len(table.rows) - len(shown),
        )

    def _cells(self, kinds: Iterable[ValueKind], row: Iterable[Value], names: Names) -> Iterable[Cell]:
        for kind, value in zip(kinds, row, strict=True):
            if kind in ROW_LINKS and isinstance(value, int):
                page = ROW_LINKS[kind] if self._linked else ""
                yield Cell(names.of(kind, value), page=page, number=value)
            else:
                yield Cell(write(value, kind, self._report.currency, self._zone), kind in NUMBERS)


def figure_shown(figure: Figure, currency: str) -> FigureShown:
    """One number with its change against the period before."""
    value = write(figure.value, figure.kind, currency)
    metric = figure.name if is_metric(figure.name) else ""
    words = change_words(figure), tone(figure), figure.definition
    return FigureShown(figure.label, value, *words, spark(figure.trend), metric)


def annotations() -> tuple[tuple[str, str], ...]:
    """What happened on which day: (ISO day, words), in order."""
    rows = Annotation.objects.order_by("day", "pk").values_list("day", "text")
    return tuple((day.isoformat(), text) for day, text in rows)
