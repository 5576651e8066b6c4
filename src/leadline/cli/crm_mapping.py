"""`leadline crm mapping`: which field of the CRM gets what."""

import getpass
from pathlib import Path
from typing import Any

import typer

from leadline.cli.fitting import print_rows
from leadline.cli.session import Json, ask, console, print_json
from leadline.kernel.errors import TerminalError

mapping = typer.Typer(help="Which field of the CRM gets what: shown, kept, checked, tried.", no_args_is_help=True)
Name = typer.Argument(help="The connection; see `leadline crm list`.")
File = typer.Argument(help="A YAML file.")
Tried = typer.Option(None, "--file", help="A YAML file to look at, in place of the mapping that is kept.")


def register(crm: typer.Typer) -> None:
    """Add the group to `crm`."""
    crm.add_typer(mapping, name="mapping")


@mapping.command()
def show(name: str = Name, as_json: bool = Json) -> None:
    """Print the mapping of a connection."""
    told = ask("crm_mapping", name=name)
    if as_json:
        print_json(told)
    else:
        console.print(told["text"].rstrip("\n"), soft_wrap=True)  # a document: a line that is broken is another one


@mapping.command()
def schema() -> None:
    """Print the JSON Schema of a mapping, for editors."""
    print_json(ask("crm_mapping_schema"))


@mapping.command(name="set")
def set_mapping(name: str = Name, file: Path = File, as_json: bool = Json) -> None:
    """Keep another mapping. The next run looks at everybody once, and sends what differs."""
    told = ask("crm_mapping_set", name=name, text=_text(file), by=f"cli:{getpass.getuser()}")
    if as_json:
        print_json(told)
        return
    for change in told["changes"]:
        console.print(f"- {change['sentence']}")
    console.print(f"Version {told['version']} of the mapping of {name}.")
    _show_problems(told["problems"])


@mapping.command()
def check(name: str = Name, file: Path = Tried, as_json: bool = Json) -> None:
    """Compare a mapping with the fields that the CRM has. Writes nothing; the exit code is 1 when a run would fail."""
    told = ask("crm_mapping_check", "Asking the CRM", name=name, text=_text(file) if file else "")
    if as_json:
        print_json(told)
    else:
        _show_problems(told["problems"])
        for field in told["would_make"]:
            console.print(f"Missing there: {field['name']} ({field['label']}, {field['type']})")
        if told["would_make"]:
            console.print(f"Make them: leadline crm mapping make {name}")
        elif not told["problems"]:
            console.print("Everything fits.")
    if any(problem["level"] == "error" for problem in told["problems"]):
        raise typer.Exit(1)


@mapping.command()
def make(name: str = Name, as_json: bool = Json) -> None:
    """Make the fields in the CRM that the mapping names as ours and that are not there."""
    told = ask("crm_mapping_make", "Making fields", name=name, by=f"cli:{getpass.getuser()}")
    if as_json:
        print_json(told)
        return
    for field in told["made"]:
        console.print(f"Made {field['name']} ({field['label']}).")
    for field in told["refused"]:
        console.print(f"{field['name']} was refused: {field['message']} {field['advice']}".strip())
    if not told["made"] and not told["refused"]:
        console.print("Nothing was missing.")


@mapping.command()
def preview(
    name: str = Name,
    lead: str = typer.Argument(help="A number, user id or e-mail address."),
    file: Path = Tried,
    as_json: bool = Json,
) -> None:
    """Show what a mapping would write of one lead. Writes nothing."""
    told = ask("crm_mapping_preview", "Asking the CRM", name=name, lead=lead, text=_text(file) if file else "")
    if as_json:
        print_json(told)
    else:
        show_difference(told)


def show_difference(told: dict[str, Any]) -> None:
    """One lead, field by field."""
    action = told["action"].replace("_", " ")
    console.print(f"Lead {told['lead']}, {told['name']}: {action}. {told['why']}".strip())
    if not told["fields"]:
        return
    rows = [
        (field["field"], _cell(field["there"]), _cell(field["ours"]), "yes" if field["write"] else "no", field["said"])
        for field in told["fields"]
    ]
    print_rows(("Field", "There", "Ours", "Written", "Why"), rows, folded=("There", "Ours"))


def _cell(value: object) -> str:
    return "-" if value is None else str(value)


def _show_problems(problems: list[dict[str, str]]) -> None:
    for each in problems:
        at = f"{each['path']}: " if each["path"] and not each["message"].startswith(each["path"]) else ""
        console.print(f"{each['level'].capitalize()}: {at}{each['message']} {each['advice']}".strip())


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TerminalError(
            f"{file} can't be read.", advice="Give a YAML file; see docs/reference/crm-mapping.md."
        ) from error
