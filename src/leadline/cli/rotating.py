"""`leadline keys rotate`, `retire` and `status`: the secret keys that everything is sealed under."""

from typing import Any

import typer
from rich.table import Table

from leadline.cli.long_work import carry_out
from leadline.cli.session import Json, ask, console, print_json
from leadline.kernel.figures import counted

Yes = typer.Option(False, "--yes", "-y", help="Do not ask.")


def add_rotating(keys: typer.Typer) -> None:
    """Add the commands to the group."""
    keys.command(name="rotate")(rotate)
    keys.command(name="retire")(retire)
    keys.command(name="status")(status)


def rotate(yes: bool = Yes, as_json: bool = Json) -> None:
    """Seal everything under a new secret key, beside a running server. Run it again after an interruption."""
    if not yes:
        typer.confirm("Seal everything anew? Copy secret_keys elsewhere first.", abort=True)
    done = carry_out("key_rotation", {}, "command line", "Sealing anew")
    if as_json:
        print_json(done)
        return
    console.print(f"{counted(sum(done['sealed'].values()), 'thing')} sealed anew under the key {done['key']}.")
    console.print("Old keys still open what was sealed under them: leadline keys retire")


def retire(yes: bool = Yes, as_json: bool = Json) -> None:
    """Take old secret keys away; refused while anything is sealed under one."""
    if not yes:
        typer.confirm("Take old keys away? Backups of their time need them: keep a copy.", abort=True)
    done = ask("keys_retire", "Looking for what is under old keys")
    if as_json:
        print_json(done)
    elif not done["retired"]:
        console.print("There is one key only.")
    elif done["removed"]:
        console.print(f"Taken away: {', '.join(done['retired'])}.")
    else:
        console.print(f"Nothing needs {', '.join(done['retired'])}: take them out of LEADLINE_SECRET_KEYS.")


def status(as_json: bool = Json) -> None:
    """Show which secret keys there are, by their ids, and how much is sealed under each."""
    found = ask("keys_status", "Counting")
    if as_json:
        print_json(found)
        return
    table = Table("Key", "Sealed under it", "Kind")
    for key in found["keys"]:
        _add(table, key)
    for each in found["missing"]:
        table.add_row(f"{each['key']}: missing", f"{each['count']:,}", each["kind"])
    console.print(table)
    console.print("A rotation is under way or waits for `leadline keys retire`." if found["rotating"] else "One key.")


def _add(table: Table, key: dict[str, Any]) -> None:
    name = f"{key['id']}, newest" if key["newest"] else key["id"]
    if not key["sealed"]:
        table.add_row(name, "0", "")
    for kind, count in key["sealed"].items():
        table.add_row(name, f"{count:,}", kind)
