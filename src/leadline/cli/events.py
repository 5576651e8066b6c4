"""`leadline events`: what is in the event store."""

import typer

from leadline.cli.session import Json, ask, console, print_json

events = typer.Typer(help="What is in the event store.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(events, name="events")


@events.callback()
def _group() -> None:
    """What is in the event store."""


@events.command()
def count(as_json: bool = Json) -> None:
    """Count the stored events."""
    result = ask("events_count")
    if as_json:
        print_json(result)
    else:
        console.print(f"{result['count']:,} events")
