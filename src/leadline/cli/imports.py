"""`leadline import`: files of events, and tables of whatever a mapping makes events of."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from leadline.cli.session import Json, console, print_json, progress_bar, start_django
from leadline.kernel.errors import NotFoundError
from leadline.kernel.figures import counted

if TYPE_CHECKING:
    from leadline.pipeline.imports.reports import DryRunReport, ImportReport

SHOWN = 20
"""Rows of a table, after which the rest is summed up."""
ERASED = "the people they name were erased, and no import brings them back."


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="import")(import_file)


def import_file(
    file: Path = typer.Argument(help="NDJSON or CSV, .gz too, or Parquet."),
    source: str = typer.Option("import", help="The event source that the events belong to."),
    mapping: str = typer.Option("", help="Which column is what: a YAML file, or the name of a bundled mapping."),
    outcomes: str = typer.Option("", help="Past deals of a CRM's export: deals, hubspot, odoo, pipedrive, salesforce."),
    form: str = typer.Option("", "--format", help="ndjson, csv or parquet. Else by the file's name and content."),
    delimiter: str = typer.Option("", help="What parts the columns of a CSV file. Else it is found out."),
    time_zone: str = typer.Option("", help="Of times that name none, such as Europe/Berlin; instead of the mapping's."),
    decimal: str = typer.Option("", help="The decimal sign of numbers, . or ,; instead of the mapping's."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Only say what would happen; nothing is written."),
    ruleset: str = typer.Option("", help="Publish this ruleset first, and score with it: a file or a bundled name."),
    as_json: bool = Json,
) -> None:
    """Load a file of events. Stopped and started again it goes on; imported again it adds nothing."""
    if not file.is_file():
        raise NotFoundError(f"There is no file {file}.")
    data = start_django()
    from leadline.pipeline.importing import Importer
    from leadline.pipeline.imports.reading import Wishes

    wishes = Wishes(_one_mapping(mapping, outcomes), form, delimiter.replace("\\t", "\t"), time_zone, decimal)
    with progress_bar("Reading" if dry_run else "Importing") as advance:
        importer = Importer(data, source, advance)
        report = importer.rehearse(file, ruleset, wishes) if dry_run else importer.run(file, ruleset, wishes)
    if as_json:
        print_json(report.as_dict())
    else:
        _tell(report)


def _one_mapping(mapping: str, outcomes: str) -> str:
    if mapping and outcomes:
        raise typer.BadParameter("--mapping and --outcomes both name a mapping; give one of them.")
    if not outcomes:
        return mapping
    return outcomes if outcomes.endswith("deals") else f"{outcomes}-deals"


def _tell(report: "ImportReport | DryRunReport") -> None:
    from leadline.pipeline.imports.reports import ImportReport

    if isinstance(report, ImportReport):
        _tell_import(report)
    else:
        _tell_dry_run(report)


def _tell_import(report: "ImportReport") -> None:
    earlier = f" {report.earlier:,} were imported before." if report.earlier else ""
    again = f" {report.duplicates:,} were there already." if report.duplicates else ""
    skipped = f" {report.skipped:,} skipped by the mapping." if report.skipped else ""
    console.print(f"{report.lines:,} lines read, {report.stored:,} events stored.{earlier}{again}{skipped}")
    if report.suppressed:
        console.print(f"{counted(report.suppressed, 'event')} left out: {ERASED}")
    if report.test:
        console.print("The source is a test source: its events are on the live page and stored nowhere.")
    if report.quarantined:
        table = Table("Quarantined", "Why", "Example line", title=f"{sum(report.quarantined.values()):,} in quarantine")
        for code, count in _most_first(report.quarantined):
            table.add_row(f"{count:,}", code, report.examples.get(code, ""))
        console.print(table)


def _tell_dry_run(report: "DryRunReport") -> None:
    earlier = f" {report.earlier:,} were imported before." if report.earlier else ""
    console.print(f"Dry run: nothing was written. {report.lines:,} lines read.{earlier}")
    again = f" {report.duplicates:,} are there already." if report.duplicates else ""
    skipped = f" {report.skipped:,} skipped by the mapping." if report.skipped else ""
    console.print(f"{report.stored:,} events of {report.people:,} people would be stored.{again}{skipped}")
    if report.suppressed:
        console.print(f"{counted(report.suppressed, 'event')} would be left out: {ERASED}")
    if report.test:
        console.print("The source is a test source: its events are shown on the live page and stored nowhere.")
    if report.first_at:
        console.print(f"From {report.first_at} to {report.last_at}.")
    _table(("Events", "What"), [(f"{count:,}", name) for name, count in _most_first(report.events)])
    rows = [
        (f"{count:,}" if place == 0 else "", code if place == 0 else "", f"{example['line']:,}", example["reason"])
        for code, count in _most_first(report.quarantined)
        for place, example in enumerate(report.examples[code])
    ]
    _table(("To quarantine", "Why", "Line", "What is wrong"), rows)
    unplanned = [
        (f"{count:,}", event, name or "the event itself")
        for event, names in report.unplanned.items()
        for name, count in _most_first(names)
    ]
    _table(("Times", "Event", "Not in the tracking plan"), unplanned)
    for number, sample in enumerate(report.samples, start=1):
        console.print(f"\nMessage {number}:")
        console.print_json(json.dumps(sample, default=str))


def _table(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    if not rows:
        return
    table = Table(*columns)
    for row in rows[:SHOWN]:
        table.add_row(*row)
    console.print(table)
    if len(rows) > SHOWN:
        console.print(f"and {len(rows) - SHOWN:,} more; --json has them all.")


def _most_first(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
