"""`leadline analytics`: every report, its options made from what the report can be asked."""

import inspect
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from io import BytesIO
from typing import Any

import typer
from rich.table import Table
from typer.core import TyperGroup
from typer.main import get_command

from leadline.cli.fitting import fits, widened
from leadline.cli.session import Json, ask, console, print_json, start_django
from leadline.kernel.errors import NotFoundError

NUMBERS = frozenset({"count", "number", "share", "money", "seconds", "points"})
TEXT_WIDTH = 20


class ReportGroup(TyperGroup):
    """Its commands are the reports, looked up only when somebody asks for one: the catalogue takes a second to load."""

    @cached_property
    def _reports(self) -> dict[str, Any]:
        start_django()
        from leadline.pipeline.reports.catalogue import kinds

        return {name: _command(kind) for name, kind in kinds().items()}

    @property
    def commands(self) -> Any:
        """By name."""
        return self._reports

    @commands.setter
    def commands(self, _: object) -> None:
        """There are no others."""


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(analytics, name="analytics", cls=ReportGroup)


AsCsv = typer.Option(False, "--csv", help="Print one table as CSV.")
OneTable = typer.Option("", "--table", help="Only this table; with --csv it is the first without one.")
analytics = typer.Typer(no_args_is_help=True)


@analytics.callback()
def about() -> None:
    """Every report: funnels, retention, journeys, attribution, revenue and the rest."""


def _command(kind: Any) -> Any:
    """A command whose options are the report's parameters, as Typer reads them from a function's signature."""

    def show(as_json: bool, as_csv: bool, table: str, **asked: str) -> None:
        given = {name: text for name, text in asked.items() if text}
        _check(kind, given)
        _show(ask("report", name=kind.name, wanted=given), as_json, as_csv, table)

    options: dict[str, tuple[type, Any]] = {
        parameter.name: (str, _option(parameter)) for parameter in kind.all_parameters
    }
    options |= {"as_json": (bool, Json), "as_csv": (bool, AsCsv), "table": (str, OneTable)}
    asked = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=option, annotation=annotation)
        for name, (annotation, option) in options.items()
    ]
    show.__signature__ = inspect.Signature(asked)  # type: ignore[attr-defined]  # functions may have one
    show.__doc__ = f"{kind.question}\n\n{kind.definition}"
    alone = typer.Typer(add_completion=False, context_settings={"help_option_names": ["-h", "--help"]})
    alone.command(kind.name, short_help=kind.question)(show)
    return get_command(alone)


def _check(kind: Any, given: Mapping[str, str]) -> None:
    """Refuse what can't be read before a server is asked: it would name the parameter, and here it is an option.

    Raises:
        ParameterError: it names the option.
    """
    from django.conf import settings

    from leadline.analytics.parameter_error import ParameterError
    from leadline.analytics.parameters import read_wanted
    from leadline.kernel.clock import utc_now

    try:
        read_wanted(kind.all_parameters, given, utc_now(), settings.REPORTING_ZONE)
    except ParameterError as error:
        raise error.called(_option_name(error.parameter)) from error


def _option_name(parameter: str) -> str:
    return f"--{parameter.replace('_', '-')}"


def _option(parameter: Any) -> Any:
    said = f"{parameter.help} Default: {parameter.default}." if parameter.default else parameter.help
    if parameter.choices and not parameter.help:
        said = f"{', '.join(value for value, _ in parameter.choices if value)}. {said}"
    return typer.Option("", _option_name(parameter.name), help=said.strip())


def _show(report: Mapping[str, Any], as_json: bool, as_csv: bool, table: str) -> None:
    if as_json:
        print_json(report)
    elif as_csv:
        _print_csv(_chosen(report, table))
    else:
        _print_report(report, table)


def _chosen(report: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    tables = {each["name"]: each for each in report["tables"]}
    if not tables or name not in {"", *tables}:
        raise NotFoundError(f"There is no table {name!r} in it.", advice=f"There are: {', '.join(tables) or 'none'}.")
    found: Mapping[str, Any] = tables[name or next(iter(tables))]
    return found


def _print_csv(table: Mapping[str, Any]) -> None:
    """To the letter as pages and API write it: a text that a spreadsheet would run as a formula is made harmless."""
    from leadline.analytics.report import Column, ValueKind
    from leadline.analytics.report import Table as ReportTable
    from leadline.pipeline.exports.formats import write
    from leadline.pipeline.exports.report_tables import reader_of

    columns = tuple(Column(each["name"], each["label"], ValueKind(each["kind"])) for each in table["columns"])
    rows = tuple(tuple(map(_from_json, row, table["columns"])) for row in table["rows"])
    file = BytesIO()
    write(reader_of(ReportTable(table["name"], table["title"], columns, rows)), "csv", file)
    sys.stdout.write(file.getvalue().decode())


def _from_json(value: Any, what: Mapping[str, Any]) -> Any:
    """Days and moments are texts in JSON."""
    read = {"day": date.fromisoformat, "moment": datetime.fromisoformat}.get(what["kind"])
    return read(value) if read and isinstance(value, str) else value


def _print_report(report: Mapping[str, Any], only: str) -> None:
    console.print(report["question"])
    for figure in report["figures"]:
        before = f" (before: {_said(figure['before'], figure, report)})" if figure["before"] is not None else ""
        console.print(f"  {figure['label']}: {_said(figure['value'], figure, report)}{before}")
    for table in [_chosen(report, only)] if only else report["tables"]:
        if table["rows"]:
            _print_table(table, report)
    for note in report["notes"]:
        console.print(note)
    money = f", money in {report['currency']}" if report["currency"] else ""
    moment = datetime.fromisoformat(report["as_of"])
    console.print(f"{_asked(report['wanted'])}; as of {moment:%Y-%m-%d %H:%M:%S} UTC{money}.")


def _asked(wanted: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {text}" for name, text in wanted.items() if text)


def _print_table(table: Mapping[str, Any], report: Mapping[str, Any]) -> None:
    """As a table where the terminal is wide enough for it, else a row after the other."""
    columns = table["columns"]
    rows = [
        [_said(value, what, report) for value, what in zip(row, _of_row(table, place), strict=True)]
        for place, row in enumerate(table["rows"])
    ]
    widths = [_least_width(column, [row[place] for row in rows]) for place, column in enumerate(columns)]
    if fits(widths):
        full = [max(map(len, (column["label"], *(row[at] for row in rows)))) for at, column in enumerate(columns)]
        console.print(_rich(table, rows, widened(widths, full)))
    else:
        console.print(table["title"])
        for row in rows:
            _print_row(columns, row)
    if table["note"]:
        console.print(table["note"])


def _of_row(table: Mapping[str, Any], place: int) -> list[Mapping[str, Any]]:
    """The columns as a row has them: where rows tell of different things, its numbers are of its own kind."""
    kinds = table.get("row_kinds")
    if not kinds:
        return list(table["columns"])
    return [{**each, "kind": kinds[place]} if each["kind"] == "number" else each for each in table["columns"]]


def _least_width(column: Mapping[str, Any], cells: Sequence[str]) -> int:
    """Numbers are never broken; words are, at their ends."""
    longest = max(map(len, cells), default=0)
    heading = max(map(len, column["label"].split()))
    return max(heading, longest if column["kind"] in NUMBERS else min(longest, TEXT_WIDTH))


def _rich(table: Mapping[str, Any], rows: Iterable[Sequence[str]], widths: Iterable[int]) -> Table:
    shown = Table(title=table["title"], title_justify="left")
    for column, width in zip(table["columns"], widths, strict=True):
        shown.add_column(column["label"], justify="right" if column["kind"] in NUMBERS else "left", width=width)
    for row in rows:
        shown.add_row(*row)
    return shown


def _print_row(columns: Sequence[Mapping[str, Any]], row: Sequence[str]) -> None:
    (_, first), *rest = zip(columns, row, strict=True)
    console.print(f"  {first}")
    console.print("    " + ", ".join(f"{column['label'].lower()} {said}" for column, said in rest))


def _said(value: Any, what: Mapping[str, Any], report: Mapping[str, Any]) -> str:
    from leadline.analytics.report import ValueKind
    from leadline.analytics.written import write

    told = _from_json(value, what) if what["kind"] == "moment" else value  # days stay as programs write them
    return write(told, ValueKind(what["kind"]), report["currency"])
