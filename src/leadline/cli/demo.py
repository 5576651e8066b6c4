"""`leadline demo`: fill the data folder with the demonstration platform."""

from typing import TYPE_CHECKING

import typer

from leadline.cli.session import console, open_engine, progress_bar, start_django

if TYPE_CHECKING:
    from leadline.pipeline.engine import Engine


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(
    people: int = typer.Option(2000, "--leads", min=1, help="How many people."),
    days: int = typer.Option(120, min=1, help="Over how many days until now."),
    seed: int = typer.Option(7, help="Another seed, other people."),
) -> None:
    """Fill the data folder with believable people, or bring an earlier demonstration up to the present."""
    start_django()
    with open_engine() as engine:
        fill(engine, people, days, seed)


def fill(engine: "Engine", people: int = 2000, days: int = 120, seed: int = 7) -> None:
    """Make an empty installation a demonstration; one that is a demonstration already gains what happened since."""
    from leadline.kernel.clock import utc_now
    from leadline.pipeline import demonstration

    now = utc_now()
    with progress_bar("Simulated days") as advance:
        state = demonstration.read_state(engine.data)
        if state is None:
            console.print(f"Filling {engine.data} with {people:,} simulated people over {days} days …")
            state = demonstration.begin(engine.data, now, people, days, seed)
        report = demonstration.catch_up(engine, state, now, advance)
    console.print(f"{report.stored:,} events stored, {report.quarantined:,} in quarantine.")
