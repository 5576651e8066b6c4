"""`leadline channels`: the ordered rules that say by which channel a visit came."""

from pathlib import Path
from typing import Any

import typer
from rich.table import Table

from leadline.cli.session import Json, ask, console, print_json

channels = typer.Typer(help="The rules that say by which channel a visit came.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(channels, name="channels")


@channels.command()
def show(
    as_json: bool = Json, as_yaml: bool = typer.Option(False, "--yaml", help="As a file that `channels set` takes.")
) -> None:
    """Show the rules in order, with the visits of the last 90 days that each takes."""
    _show(ask("channels_show"), as_json, as_yaml=as_yaml)


@channels.command(name="set")
def set_rules(
    file: Path = typer.Argument(None, exists=True, dir_okay=False, help="YAML or JSON; see `channels show --yaml`."),
    bundled: bool = typer.Option(False, "--bundled", help="Go back to the bundled rules."),
    as_json: bool = Json,
) -> None:
    """Put other rules in force; visits of the past are sorted anew."""
    from leadline.kernel.errors import TerminalError

    if bundled == (file is not None):
        raise TerminalError("Give a file, or --bundled.", advice="Not both, and not neither.")
    _show(ask("channels_set", rules=[] if bundled else _read(file)), as_json)


def _read(file: Path) -> object:
    import yaml

    from leadline.kernel.errors import DocumentError

    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))  # JSON is YAML, too
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DocumentError(f"{file} can't be read: {' '.join(str(error).split())}") from error


def _show(told: dict[str, Any], as_json: bool, *, as_yaml: bool = False) -> None:
    if as_json:
        print_json(told)
    elif as_yaml:
        _print_yaml(told)
    else:
        console.print(_table(told))
        console.print("The bundled rules." if told["bundled"] else "Rules of your own.")


def _print_yaml(told: dict[str, Any]) -> None:
    import sys

    import yaml

    rules = [{"channel": rule["channel"], "conditions": rule["conditions"]} for rule in told["rules"]]
    rest = {"channel": told["rest"]["channel"], "conditions": []}
    sys.stdout.write(yaml.safe_dump([*rules, rest], sort_keys=False, allow_unicode=True, default_flow_style=None))


def _table(told: dict[str, Any]) -> Table:
    from leadline.analytics.channel_words import entry_words

    table = Table("", "Channel", "Visits that", f"Visits in {told['days']} days")
    for place, rule in enumerate(told["rules"], 1):
        table.add_row(str(place), rule["channel"], entry_words(rule), f"{rule['visits']:,}")
    table.add_row("", told["rest"]["channel"], "the rest", f"{told['rest']['visits']:,}")
    return table
