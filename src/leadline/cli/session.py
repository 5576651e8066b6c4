"""How a command reaches the data: through the running server's socket, or by opening the stores itself."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

if TYPE_CHECKING:
    from leadline.pipeline.engine import Engine

CONTROLS = dict.fromkeys({*range(32), 127, *range(128, 160)} - {ord("\n"), ord("\t")}, "\N{REPLACEMENT CHARACTER}")


class PlainConsole(Console):
    """Shows text as it is: clients choose names, and may choose "[/b]", ":no:" or what steers a terminal."""

    def render_str(self, text: str, **options: Any) -> Text:
        """A text without markup and without control characters."""
        return super().render_str(text.translate(CONTROLS), **{**options, "markup": False, "emoji": False})


console = PlainConsole()
errors = PlainConsole(stderr=True)

Json = typer.Option(False, "--json", help="Print JSON for programs instead of a table.")
Advance = Callable[[int, int], None]


@lru_cache(maxsize=1)
def start_django() -> Path:
    """Make Django ready, the data folder and its keys with it, and the tables up to date. Returns the data folder."""
    import django
    from django.conf import settings

    from leadline.privacy.keys import create_master_key

    _prepare_keys(create_master_key)
    django.setup()
    return Path(settings.DATA)


def migrate() -> None:
    """Bring the record store's tables up to date; quick when they are."""
    from django.core.management import call_command

    from leadline.pipeline.backups.restoring import refuse_half_restored

    refuse_half_restored()
    call_command("migrate", verbosity=0, interactive=False)


def ask(command: str, description: str = "", **arguments: Any) -> Any:
    """Carry a command out: on the running server, else here. Shows a progress bar for long work."""
    from leadline.cli import auditing
    from leadline.kernel.errors import ServerUnreachableError
    from leadline.pipeline import control

    data = start_django()
    with progress_bar(description) as advance:
        try:
            result = control.call(data, command, arguments, advance)
        except ServerUnreachableError:
            result = _here(command, arguments, advance)
    auditing.tell(arguments, result)
    return result


def _here(command: str, arguments: dict[str, Any], advance: Advance) -> Any:
    from leadline.pipeline.commands import dispatch

    with open_engine() as engine:
        return json.loads(json.dumps(dispatch(engine, command, arguments, advance), default=str))


@contextmanager
def open_engine() -> "Iterator[Engine]":
    """The installation's engine, for a command that works while no server runs."""
    from leadline.pipeline.ownership import FolderLock

    data = start_django()
    with FolderLock(data), engine_of(data) as engine:
        yield engine


@contextmanager
def engine_of(data: Path) -> "Iterator[Engine]":
    """The engine of a data folder that this process has locked."""
    from leadline.pipeline.engine import Engine

    migrate()
    engine = Engine.open(data)
    try:
        yield engine
    finally:
        engine.close()


@contextmanager
def progress_bar(description: str) -> Iterator[Advance]:
    """A bar on standard error; nothing when that is no terminal or there is nothing to say."""
    if not description or not sys.stderr.isatty():
        yield lambda done, total: None  # noqa: ARG005  # the signature of an Advance
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True) as progress:
        task = progress.add_task(description, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def print_json(value: Any) -> None:
    """One JSON document on standard output; times in ISO 8601."""
    sys.stdout.write(json.dumps(value, indent=2, default=_as_text) + "\n")


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _prepare_keys(create: Callable[[Path], None]) -> None:
    """Before the settings load: they derive the session secret from the keys."""
    import os

    from leadline.project.environment import data_folder

    data = data_folder()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (os.environ.get("LEADLINE_SECRET_KEYS") or os.environ.get("LEADLINE_SECRET_KEYS_FILE")):
        create(data)
