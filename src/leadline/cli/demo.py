"""`leadline demo`: fill the data folder with the demonstration platform."""

from pathlib import Path

import typer

from leadline.cli.session import console, open_engine, progress_bar, start_django


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(
    people: int = typer.Option(2000, "--leads", min=1, help="How many people."),
    days: int = typer.Option(120, min=1, help="Over how many days until now."),
    seed: int = typer.Option(7, help="Another seed, other people."),
) -> None:
    """Fill the data folder with believable people, or bring an earlier demonstration up to the present."""
    fill_demo(start_django(), people, days, seed)


def continue_demo(data: Path) -> None:
    """Bring a demonstration up to the present; an installation that is none stays as it is."""
    from leadline.pipeline import demonstration

    if demonstration.read_state(data) is not None:
        fill_demo(data)


def fill_demo(data: Path, people: int = 2000, days: int = 120, seed: int = 7) -> None:
    """Make an empty installation a demonstration; one that is a demonstration already gains what happened since."""
    from leadline.kernel.clock import utc_now
    from leadline.pipeline import demonstration

    with open_engine() as engine, progress_bar("Simulated days") as advance:
        now = utc_now()
        state = demonstration.read_state(data)
        if state is None:
            console.print(f"Filling {data} with {people:,} simulated people over {days} days …")
            state = demonstration.begin(data, now, people, days, seed)
        report = demonstration.catch_up(engine, state, now, advance)
        console.print(f"{report.stored:,} events stored, {report.quarantined:,} in quarantine.")
