"""`leadline doctor`: is this installation sound? Each check says what to do when it is not."""

import typer
from rich.table import Table
from rich.text import Text

from leadline.cli.session import Json, console, print_json, start_django


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)


def doctor(as_json: bool = Json) -> None:
    """Check the machine and the data folder. Exits with 1 when something is wrong."""
    data = start_django()
    from leadline.pipeline.checkup import examine

    findings = examine(data)
    if as_json:
        print_json([finding.as_dict() for finding in findings])
    else:
        table = Table("", "Check", "Found")
        for finding in findings:
            mark = Text("ok", "green") if finding.ok else Text("!!", "red")
            table.add_row(mark, finding.check, finding.text)
        console.print(table)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)
