"""A report with figures, a chart over days, a grid, and people by name; registered among the real ones."""

from datetime import date, timedelta
from typing import Any, cast

import pytest

from leadline.analytics.parameters import SEGMENT, Parameter, ParameterKind, Wanted, grain
from leadline.analytics.report import ChartWish, Column, Figure, Report, Table, ValueKind
from leadline.kernel.errors import TerminalError
from leadline.pipeline.reports.catalogue import ReportKind, kinds
from leadline.pipeline.reports.sources import Sources

QUESTION = "How deep is the water?"
DEFINITION = "A sounding is what the line says."
FIRST_DAY = date(2026, 11, 2)
LONG = 130
DAYS = Table(
    "days",
    "By day",
    (Column("day", "Day", ValueKind.DAY), Column("depth", "Depth", ValueKind.COUNT)),
    tuple((FIRST_DAY + timedelta(days=number), 10 + number) for number in range(LONG)),
    note="The tide is in it.",
)
PARAMETERS = (
    grain("day"),
    Parameter("steps", ParameterKind.STEPS, "Page Viewed>Quote Requested", "through", "Steps.", suggests="events"),
    Parameter("within", ParameterKind.DURATION, "7d", "within", "At most so long."),
    SEGMENT,
)


def people(lead: int, account: int) -> Table:
    columns = (Column("lead", "Lead", ValueKind.LEAD), Column("account", "Account", ValueKind.ACCOUNT),
               Column("depth", "Depth", ValueKind.MONEY))  # fmt: skip
    return Table("people", "Who sounded", columns, ((lead, account, 1200),), personal=True)


def by_account(account: int) -> Table:
    columns = (Column("account", "Account", ValueKind.ACCOUNT), Column("depth", "Depth", ValueKind.COUNT))
    return Table("accounts", "By account", columns, ((account, 77),))


def report(wanted: Wanted, sources: Sources, tables: tuple[Table, ...] = ()) -> Report:
    figures = (
        Figure("depth", "Depth", 1204, ValueKind.COUNT, "In fathoms.", before=1075, trend=(1.0, None, 3.0)),
        Figure("rate", "Rate", 0.221, ValueKind.SHARE, before=0.207),
        Figure("time", "Time to sound", 535_680, ValueKind.SECONDS, before=466_560, better="down"),
    )
    wish = ChartWish("lines", "days", "day", ("depth",), title="Depth by day")
    by = ChartWish("bars", "accounts", "account", ("depth",), title="Depth by account")
    charts = (wish, by) if any(table.name == "accounts" for table in tables) else (wish,)
    return Report(
        "sounding", QUESTION, DEFINITION, wanted.texts, sources.now, figures, (DAYS, *tables), charts, (), "USD"
    )


def register(patch: pytest.MonkeyPatch, *tables: Table) -> None:
    """Let there be such a report."""

    def compute(sources: Sources, wanted: Wanted) -> Report:
        if wanted.text("segment") == "broken":
            raise TerminalError("There is no field broken.", advice="Use channel.")
        return report(wanted, sources, tables)

    kind = ReportKind("sounding", "Sounding", QUESTION, DEFINITION, compute, PARAMETERS)
    patch.setitem(cast(dict[str, Any], kinds()), "sounding", kind)
