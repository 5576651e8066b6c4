"""`leadline export`: a table as a file."""

from pathlib import Path

import typer

from leadline.cli.session import Json, ask, console, print_json
from leadline.kernel.errors import TerminalError
from leadline.kernel.figures import counted

FORMATS = {".csv": "csv", ".xlsx": "xlsx", ".parquet": "parquet"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="export")(export)


def export(
    table: str = typer.Argument("", help="Which table; without one, all are listed."),
    file: Path = typer.Option(Path(), "--out", "-o", help="The file, .csv, .xlsx or .parquet; TABLE.csv without one."),
    segment: str = typer.Option("", help="Only these people: stage=qualified,grade=A."),
    period: str = typer.Option("", help="30d, 12w, 6m or 2026-05-01..2026-05-31; everything without one."),
    zone: str = typer.Option("", help="The time zone of the period's days; the installation's without one."),
    as_json: bool = Json,
) -> None:
    """Write a table to a file, up to a million rows. Only you may read it: leads are in it by name."""
    if not table:
        _list(as_json)
        return
    target = (file if file.name else Path(f"{table}.csv")).resolve()
    kind = FORMATS.get(target.suffix)
    if kind is None:
        raise TerminalError(f"{target.name} has no known ending.", advice=f"Use {', '.join(FORMATS)}.")
    wanted = {"segment": segment, "period": period, "zone": zone}
    done = ask("export", table=table, path=str(target), kind=kind, wanted=wanted)
    if as_json:
        print_json(done)
    else:
        console.print(f"{counted(done['rows'], 'row')} in {done['file']}")


def _list(as_json: bool) -> None:
    tables = ask("export_tables")
    if as_json:
        print_json(tables)
        return
    for each in tables:
        console.print(f"{each['name']:12} {each['label']}")
