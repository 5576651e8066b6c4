"""`leadline keys`: write keys of event sources, and the secret keys (`rotating.py`)."""

import typer
from rich.table import Table

from leadline.cli.rotating import add_rotating
from leadline.cli.session import Json, console, migrate, print_json, start_django
from leadline.kernel.figures import counted

keys = typer.Typer(help="Write keys of event sources; the secret keys that all is sealed under.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group."""
    add_rotating(keys)
    app.add_typer(keys, name="keys")


@keys.command()
def create(
    source: str = typer.Argument(help="The event source, such as website; made when it is new."), as_json: bool = Json
) -> None:
    """Make a write key. It is shown this once; only its hash is kept."""
    start_django()
    migrate()
    from leadline.tracking.sources import create_key

    key = create_key(source)
    if as_json:
        print_json({"source": source, "write_key": key})
        return
    console.print(f"Write key for {source}, shown this once:\n\n  {key}\n")


@keys.command(name="list")
def list_keys(as_json: bool = Json) -> None:
    """List keys by their last four characters."""
    start_django()
    migrate()
    from leadline.tracking.models import WriteKey

    rows = [
        {"source": key.source.name, "ending": key.ending, "created_at": key.created_at, "revoked_at": key.revoked_at}
        for key in WriteKey.objects.select_related("source").order_by("source__name", "created_at")
    ]
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print("There is no write key. Make one: leadline keys create website")
        return
    table = Table("Source", "Key ends in", "Made", "Revoked")
    for row in rows:
        table.add_row(
            str(row["source"]), f"…{row['ending']}", f"{row['created_at']:%Y-%m-%d}", str(row["revoked_at"] or "-")
        )
    console.print(table)


@keys.command()
def revoke(ending: str = typer.Argument(help="The last four characters of the key."), as_json: bool = Json) -> None:
    """Revoke a key: its clients get 401 within a second."""
    start_django()
    migrate()
    from leadline.tracking.sources import revoke_key

    count = revoke_key(ending)
    if as_json:
        print_json({"ending": ending[-4:], "revoked": count})
        return
    console.print(f"Revoked {counted(count, 'key')}.")
