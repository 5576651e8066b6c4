"""`leadline status`: is everything flowing?"""

from typing import Any

import typer
from rich.table import Table

from leadline.cli.session import Json, ask, console, print_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(status)


def status(as_json: bool = Json) -> None:
    """Show how many events were accepted and stored, what waits, and where leads stand."""
    report = ask("status")
    if as_json:
        print_json(report)
        return
    console.print(_table(report))


def _table(report: dict[str, Any]) -> Table:
    table = Table(show_header=False, box=None)
    for name in ("accepted", "stored", "duplicates", "quarantined"):
        table.add_row(name.capitalize(), f"{report[name]:,}")
    if report["suppressed"]:
        table.add_row("Left out", f"{report['suppressed']:,} that name people who were erased")
    for kind, name in (("bot", "Bots"), ("internal", "Internal")):
        table.add_row(name, f"{report['noise'][kind]:,} of the stored, in no score")
    table.add_row("Spool lag", f"{report['spool_lag_seconds']:.1f} s")
    table.add_row("Leads", f"{report['leads']:,}")
    for stage, count in report["by_stage"].items():
        table.add_row(f"  {stage.replace('_', ' ')}", f"{count:,}")
    for each in report["crm"]:
        table.add_row(f"CRM {each['name']}", f"{each['health']}: {each['words']}")
    return table
