"""`leadline restore`: a backup made an installation again."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from leadline.cli.backups import IdentityFile, KeysFile, keys_for
from leadline.cli.session import Json, console, errors, print_json, start_django
from leadline.kernel.errors import TerminalError

if TYPE_CHECKING:
    from leadline.pipeline.backups.manifest import Manifest
    from leadline.pipeline.backups.unpacking import Keys

SUFFIX = ".restoring"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(restore)


def restore(
    file: Path = typer.Argument(help="A backup."),
    to: Path | None = typer.Option(None, "--to", help="The data folder to make; LEADLINE_DATA when left out."),
    keys: Path | None = KeysFile,
    identity: Path | None = IdentityFile,
    erasures: Path | None = typer.Option(None, "--erasures", help="A copy of erasures.jsonl that was kept elsewhere."),
    crm: str = typer.Option("delete", "--crm", help="Their records in CRM systems: delete, anonymise or keep."),
    replace: bool = typer.Option(False, "--replace", help="Put it in the place of a folder with data, which is kept."),
    yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask."),
    as_json: bool = Json,
) -> None:
    """Restore a backup, check it, and erase again who was erased since. Nothing changes before all of it is well."""
    from leadline.pipeline.backups import moving, unpacking
    from leadline.pipeline.backups.sealing import identities_in
    from leadline.pipeline.ownership import FolderLock
    from leadline.project.environment import data_folder

    target = to.resolve() if to else data_folder()
    _check(target, erasures, replace)
    found = keys_for(file, keys, target)
    fresh = target.with_name(target.name + SUFFIX)
    with ExitStack() as stack:
        if target.exists():
            stack.enter_context(FolderLock(target))
        if replace and not yes:
            typer.confirm(f"Put the backup in the place of {target}? What is there is kept beside it.", abort=True)
        stack.enter_context(FolderLock(fresh))
        _clear(fresh)
        stack.enter_context(_gone_unless_in_place(fresh))
        told = unpacking.unpack(file, found, identities_in(identity) if identity else (), fresh)
        _give_keys(fresh, found)
        people = _make_ready(fresh, told, [target / "erasures.jsonl", *([erasures] if erasures else [])], crm)
        old = moving.move_into_place(fresh, target, datetime.now(UTC))
        _declare_finished(told)
    _tell(target, told, people, old, as_json)


def _check(target: Path, erasures: Path | None, replace: bool) -> None:
    from leadline.pipeline.backups import moving

    moving.check_place(target)
    if not target.parent.is_dir():
        raise TerminalError(f"There is no folder {target.parent}.", advice="Make it, or name another with --to.")
    if erasures is not None and not erasures.is_file():
        raise TerminalError(f"There is no file {erasures}.", advice="Give the copy that was kept of erasures.jsonl.")
    if moving.has_data(target) and not replace:
        advice = "Name another folder with --to, or use --replace: the old one is kept beside it."
        raise TerminalError(f"{target} has data.", advice=advice)


@contextmanager
def _gone_unless_in_place(fresh: Path) -> Iterator[None]:
    """What was restored by half holds people's data, and is of no use."""
    try:
        yield
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _clear(fresh: Path) -> None:
    """What a restore that died left there."""
    for path in fresh.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "serve.lock":
            path.unlink()


def _give_keys(fresh: Path, keys: "Keys") -> None:
    """The restored folder needs them beside it, unless the environment gives them."""
    if keys.origin == "environment":
        return
    from leadline.privacy.keys import write_master_keys

    write_master_keys(fresh, keys.masters)


def _make_ready(fresh: Path, told: "Manifest", ledgers: list[Path], crm: str) -> int:
    """Everything that has to be done before anybody may serve it, in a process that takes it for its data folder."""
    os.environ["LEADLINE_DATA"] = str(fresh)
    os.environ.pop("LEADLINE_DATA_FILE", None)
    start_django()
    from django.db import connections

    from leadline.pipeline.backups import restoring

    restoring.check_record_store(told)
    restoring.bring_in_records(fresh, told)
    restoring.check_stores(fresh, told)
    restoring.bring_up_to_date(told)
    restoring.unite_ledgers(fresh, ledgers)
    people = restoring.erase_again(fresh, crm)
    restoring.record_restore(told, people)
    connections.close_all()
    return people


def _declare_finished(told: "Manifest") -> None:
    from leadline.pipeline.backups import restoring

    restoring.declare_finished(told)


def _tell(target: Path, told: "Manifest", people: int, old: Path | None, as_json: bool) -> None:
    if as_json:
        said: dict[str, Any] = {"folder": str(target), "made_at": told.made_at, "erased_again": people}
        print_json({**said, "old_folder": str(old) if old else None})
        return
    console.print(f"{target} is as it was on {told.made_at:%Y-%m-%d at %H:%M:%S} UTC.")
    console.print(f"Erased since, and erased again: {people}.")
    if old is not None:
        errors.print(f"What was there is in {old}; it holds people's data: delete it when you need it no more.")
    console.print("Start it: leadline serve")
