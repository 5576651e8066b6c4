"""`leadline serve` and `leadline collect`."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from leadline.cli.session import console, start_django
from leadline.kernel.ports import require_free_port

if TYPE_CHECKING:
    from leadline.project.supervisor import Addresses

HIGHEST_PORT = 65_535


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(serve)
    app.command()(collect)


def serve(
    host: str = typer.Option("127.0.0.1", help="Address to listen on."),
    port: int = typer.Option(8000, min=1, max=HIGHEST_PORT, help="Port of the pages and the API."),
    collect_port: int = typer.Option(8001, min=1, max=HIGHEST_PORT, help="Port of the collector."),
    one_port: bool = typer.Option(False, "--one-port", help="Collect on the application's port too, in its process."),
    demo: bool = typer.Option(False, "--demo", help="Fill an empty installation with the demonstration platform."),
) -> None:
    """Serve everything from one data folder: pages, pipeline and collector."""
    data = start_django()
    from leadline.pipeline.ownership import FolderLock
    from leadline.project.supervisor import Addresses, Supervisor

    with FolderLock(data):
        require_free_port(host, port, "--port")
        if not one_port:
            require_free_port(host, collect_port, "--collect-port")
        _prepare(data, demo)
        addresses = Addresses(host, port, None if one_port else collect_port)
        with Supervisor(data, addresses) as supervisor:
            supervisor.wait_until_ready()
            _greet(data, addresses)
            supervisor.supervise()


def collect(
    host: str = typer.Option("127.0.0.1", help="Address to listen on."),
    port: int = typer.Option(8001, min=1, max=HIGHEST_PORT, help="Port to listen on."),
    workers: int = typer.Option(1, min=1, help="How many processes."),
) -> None:
    """Run collectors alone: they write the spool, a server on the same data folder reads it."""
    data = start_django()
    from leadline.tracking.collector.server import serve_collector

    require_free_port(host, port, "--port")
    console.print(f"Collecting on http://{host}:{port} into {data}/spool")
    serve_collector(data, host, port, workers)


def _prepare(data: Path, demo: bool) -> None:
    """Everything that has to be there before the processes start; the demonstration comes up to the present."""
    from leadline.cli.demo import fill
    from leadline.cli.session import engine_of, migrate
    from leadline.pipeline.demonstration import read_state
    from leadline.tracking.sources import publish_keyring

    migrate()
    publish_keyring()
    if demo or read_state(data) is not None:
        with engine_of(data) as engine:
            fill(engine)


def _greet(data: Path, addresses: "Addresses") -> None:
    from leadline.accounts.service import demo_sign_ins

    console.print(f"\nLeadline serves {data}\n")
    console.print(f"  Pages      {addresses.pages}")
    console.print(f"  Collector  {addresses.collector}")
    sign_ins = demo_sign_ins(data)
    for sign_in in sign_ins:
        console.print(
            f"  Sign in    {sign_in.email}  password {sign_in.password}  ({sign_in.role})",
            highlight=False,
            soft_wrap=True,
        )
    if sign_ins:
        console.print("\nLook at Call next first: whom to call today, and why.")
        console.print("Then open a lead: every point of its score is explained.")
    else:
        console.print("  Sign in    make an account first: leadline users create you@example.com")
    console.print("Stop with Ctrl+C.\n")
