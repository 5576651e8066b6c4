"""`leadline backup`: the whole installation in one encrypted file, made while the server runs."""

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table
from typer.core import TyperGroup

from leadline.cli.long_work import carry_out
from leadline.cli.session import Json, console, errors, print_json, progress_bar, start_django
from leadline.kernel.errors import ConfigurationError

if TYPE_CHECKING:
    from leadline.pipeline.backups.manifest import Manifest
    from leadline.pipeline.backups.packing import Seal
    from leadline.pipeline.backups.unpacking import Keys

KeysFile = typer.Option(None, "--keys", help="The file secret_keys that was kept of the installation.")
IdentityFile = typer.Option(None, "--identity", help="For a backup made with --recipient: its age key file.")
PASSPHRASE = "LEADLINE_BACKUP_PASSPHRASE"  # noqa: S105  # a variable's name
SHORTEST_PASSPHRASE = 12


class BackupGroup(TyperGroup):
    """`leadline backup FILE` is `leadline backup create FILE`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command in that was left out."""
        names = {*self.commands, *ctx.help_option_names}
        return super().parse_args(ctx, args if not args or args[0] in names else ["create", *args])


backup = typer.Typer(
    cls=BackupGroup, no_args_is_help=True, help="Make an encrypted backup: leadline backup FILE. Or look into one."
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(backup, name="backup")


@backup.command()
def create(
    file: Path = typer.Argument(help="The file to make, outside the data folder."),
    recipient: str = typer.Option("", help="Seal it to this age public key instead of the installation's own."),
    passphrase: bool = typer.Option(False, "--passphrase", help="Put the secret keys in, sealed under a passphrase."),
    as_json: bool = Json,
) -> None:
    """Make a backup; the server may run. `leadline backup FILE` does the same."""
    if recipient and passphrase:
        raise typer.BadParameter("use --recipient or --passphrase, not both")
    data = start_django()
    from leadline.pipeline.backups.packing import check_place, pack
    from leadline.pipeline.backups.staging import SNAPSHOT, Staged, locked

    check_place(file, data)
    seal = _seal(data, recipient, _new_passphrase() if passphrase else "")
    result = carry_out(SNAPSHOT, {"pid": os.getpid()}, "command line", "Copying")
    staged = Staged(**{name: value for name, value in result.items() if name != "job"})
    try:
        with locked(Path(staged.folder)), progress_bar("Sealing") as advance:
            told = pack(staged, file, seal, advance)
    finally:
        shutil.rmtree(staged.folder, ignore_errors=True)
    _show(file, told, as_json, held_micros=staged.held_micros)
    if not as_json:
        _tell_of_keys(data, recipient, passphrase)


@backup.command()
def verify(
    file: Path = typer.Argument(help="A backup."),
    keys: Path | None = KeysFile,
    identity: Path | None = IdentityFile,
    as_json: bool = Json,
) -> None:
    """Read a backup to its end, check every byte, and say what is in it. Nothing is written."""
    from leadline.pipeline.backups import unpacking
    from leadline.pipeline.backups.sealing import identities_in
    from leadline.project.environment import data_folder

    found = keys_for(file, keys, data_folder())
    told = unpacking.check(file, found, identities_in(identity) if identity else ())
    _show(file, told, as_json)
    if not as_json:
        console.print("Every byte is as it was written.")


@backup.command()
def key() -> None:
    """Print the age key that opens this installation's backups without Leadline. Whoever has it can read them."""
    data = start_django()
    from leadline.pipeline.backups.sealing import private_text
    from leadline.privacy.keys import load_master_keys

    typer.echo(private_text(load_master_keys(data)[0]))


def keys_for(file: Path, keys: Path | None, folder: Path) -> "Keys":
    """The keys to open a backup with; asks for the passphrase of one that brings its keys along.

    Raises:
        CannotOpenError: there are none.
    """
    from leadline.pipeline.backups import sealing, unpacking

    front = sealing.look_into(file).front
    found = unpacking.keys_at_hand(os.environ, keys, folder)
    if front and (found is None or found.origin == "folder"):
        return unpacking.keys_in_front(file, _passphrase())
    if found is None:
        raise unpacking.no_keys(file)
    return found


def _seal(data: Path, recipient: str, passphrase: str) -> "Seal":
    from leadline.pipeline.backups.packing import Seal
    from leadline.pipeline.backups.sealing import front_of, identity_of, recipient_named
    from leadline.privacy.keys import load_master_keys

    masters = load_master_keys(data)
    whom = recipient_named(recipient) if recipient else identity_of(masters[0]).to_public()
    return Seal(whom, masters[0], front_of([each.hex() for each in masters], passphrase) if passphrase else b"")


def _new_passphrase() -> str:
    given = _passphrase(again="Again")
    if len(given) < SHORTEST_PASSPHRASE:
        advice = f"Use {SHORTEST_PASSPHRASE} characters or more: everything is behind it."
        raise ConfigurationError("The passphrase is too short.", advice=advice)
    return given


def _passphrase(again: str = "") -> str:
    """From the environment, or typed."""
    if given := os.environ.get(PASSPHRASE):
        return given
    if not sys.stdin.isatty():
        raise ConfigurationError("There is no terminal to ask for the passphrase on.", advice=f"Set {PASSPHRASE}.")
    return str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=again or False, err=True))


def _show(file: Path, told: "Manifest", as_json: bool, **more: int) -> None:
    size = file.stat().st_size
    if as_json:
        print_json({"file": str(file), "bytes": size, **told.as_json(), **more})
        return
    table = Table("Part", "Bytes", "SHA-256")
    for name, part in sorted(told.parts.items()):
        if not name.startswith("spool/"):
            table.add_row(name, f"{part.size:,}", part.sha256[:16])
    waiting = [part.size for name, part in told.parts.items() if name.startswith("spool/")]
    if waiting:
        table.add_row("spool/", f"{sum(waiting):,}", f"{len(waiting)} segments")
    console.print(f"{file}: {size / 1e6:,.1f} MB, as of {told.made_at:%Y-%m-%d %H:%M:%S} UTC, Leadline {told.version}")
    console.print(table)
    console.print(_contents(told.rows))


def _contents(rows: Any) -> str:
    tables = len(rows["records"]) + len(rows["events"])
    total = sum(sum(each.values()) for each in rows.values())
    return f"{total:,} rows in {tables} tables, {rows['events'].get('events', 0):,} events."


def _tell_of_keys(data: Path, recipient: str, passphrase: bool) -> None:
    """On standard error, where it is seen and in no program's way."""
    from leadline.privacy.keys import FILE_NAME, from_environment

    if passphrase:
        errors.print("The secret keys are in it, sealed under the passphrase. Without the passphrase nobody opens it.")
        return
    if recipient:
        errors.print("It opens with the private key of the recipient that you gave.")
    where = "what LEADLINE_SECRET_KEYS gives" if from_environment() else str(data / FILE_NAME)
    errors.print(f"You need the secret keys too: keep {where} elsewhere. Without them a backup can't be restored.")
