"""`leadline sources`: where events come from, and what is asked of them."""

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table

from leadline.cli.session import Json, console, migrate, print_json, start_django

if TYPE_CHECKING:
    from leadline.tracking.models import EventSource

sources = typer.Typer(help="Event sources: modes, origins, limits, test sources.", no_args_is_help=True)
NAME = typer.Argument(help="The source's name.")


class Mode(StrEnum):
    """What happens to an event that breaks the tracking plan."""

    ALLOW = "allow"
    WARN = "warn"
    BLOCK = "block"


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(sources, name="sources")


@sources.command(name="list")
def list_sources(as_json: bool = Json) -> None:
    """List sources, with their settings and the last event of each."""
    start_django()
    migrate()
    from leadline.tracking.models import EventSource

    rows = _rows(EventSource.objects.order_by("name"))
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print("There is no source. Make one: leadline sources create website")
        return
    table = Table("Source", "Mode", "Test", "Keys", "Origins", "Rate", "Last event")
    for row in rows:
        last = f"{row['last_event_at']:%Y-%m-%d %H:%M}" if row["last_event_at"] else "-"
        origins, rate = ", ".join(row["origins"]) or "any", str(row["rate"] or "no limit")
        table.add_row(row["name"], row["mode"], "yes" if row["test"] else "no", str(row["keys"]), origins, rate, last)
    console.print(table)


@sources.command()
def create(
    name: str = typer.Argument(help="Letters, digits, hyphens and underscores, such as website."), as_json: bool = Json
) -> None:
    """Make a source. It needs a key before it can send: `leadline keys create NAME`."""
    start_django()
    migrate()
    from leadline.tracking.sources import create_source

    source = create_source(name)
    if as_json:
        print_json(_rows([source])[0])
        return
    console.print(f"Made {name}. Its first write key: leadline keys create {name}")


@sources.command(name="set")
def set_source(
    name: str = NAME,
    mode: Mode | None = typer.Option(None, help="What happens to an event that breaks the tracking plan."),
    test: bool | None = typer.Option(None, "--test/--no-test", help="Events reach the live page and no store."),
    origin: list[str] | None = typer.Option(
        None, help="A web origin that may send, such as https://example.com; may be given several times; '' for any."
    ),
    rate: int | None = typer.Option(None, help="Requests a second and collector process; 0 for no limit."),
    as_json: bool = Json,
) -> None:
    """Change what is given and leave the rest. Collectors follow within a second."""
    start_django()
    migrate()
    from leadline.tracking.sources import SourceSettings, configure, settings_of, source_named

    now = settings_of(source_named(name))
    wanted = SourceSettings(
        mode=mode.value if mode else now.mode,
        test=now.test if test is None else test,
        origins=tuple(origin) if origin else now.origins,
        rate=now.rate if rate is None else rate,
    )
    source = configure(name, wanted)
    if as_json:
        print_json(_rows([source])[0])
        return
    console.print(f"{name} is set.")


def _rows(found: "Iterable[EventSource]") -> list[dict[str, Any]]:
    from leadline.tracking.sources import last_events, valid_keys

    seen, keys = last_events(), valid_keys()
    return [
        {
            "name": source.name,
            "mode": source.mode,
            "test": source.test,
            "origins": source.origins,
            "rate": source.rate_limit or 0,
            "keys": keys.get(source.pk, 0),
            "last_event_at": seen.get(source.pk),
        }
        for source in found
    ]
