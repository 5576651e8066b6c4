"""`leadline import`: Segment-shaped NDJSON through the spool."""

from pathlib import Path

import typer
from rich.table import Table

from leadline.cli.session import Json, console, print_json, progress_bar, start_django
from leadline.kernel.errors import NotFoundError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="import")(import_file)


def import_file(
    file: Path = typer.Argument(help="NDJSON, one Segment message a line; .gz too."),
    source: str = typer.Option("import", help="The event source that the events belong to."),
    ruleset: str = typer.Option("", help="Publish this ruleset first, and score with it: a file or a bundled name."),
    as_json: bool = Json,
) -> None:
    """Load a file of events. Stopped and started again it goes on; imported again it adds nothing."""
    if not file.is_file():
        raise NotFoundError(f"There is no file {file}.")
    data = start_django()
    from leadline.pipeline.importing import Importer

    with progress_bar("Importing") as advance:
        report = Importer(data, source, advance).run(file, ruleset)
    if as_json:
        print_json(report.as_dict())
        return
    again = f" {report.duplicates:,} were there already." if report.duplicates else ""
    console.print(f"{report.lines:,} lines read, {report.stored:,} events stored.{again}")
    if report.quarantined:
        table = Table("Quarantined", "Why", "Example line", title=f"{sum(report.quarantined.values()):,} in quarantine")
        for code, count in sorted(report.quarantined.items(), key=lambda item: -item[1]):
            table.add_row(f"{count:,}", code, report.examples.get(code, ""))
        console.print(table)
