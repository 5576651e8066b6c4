"""`leadline rules`: rulesets as documents: look, check, compare, draft, publish, roll back, archive."""

import getpass
import sys
from pathlib import Path
from typing import Any

import typer
from rich.table import Table

from leadline.cli.session import Json, ask, console, errors, print_json
from leadline.kernel.errors import DocumentError, NotFoundError, TerminalError

rules = typer.Typer(help="Rulesets: check, compare, draft, publish, roll back.", no_args_is_help=True)
draft = typer.Typer(help="Rulesets on their way to being published.", no_args_is_help=True)

Reference = typer.Argument("", help="A number, draft:7, a bundled name or a file; left out: the one in force.")
Wanted = typer.Argument(help="A file (- reads standard input), draft:7, a number or a bundled name.")
Why = typer.Option(..., "--why", help="The reason, in a sentence. It is kept with your name.")
Yes = typer.Option(False, "--yes", help="Do it even when many leads would move.")
SHOWN = 10


def register(app: typer.Typer) -> None:
    """Add the group."""
    from leadline.cli import backtests

    backtests.register(rules)
    rules.add_typer(draft, name="draft")
    app.add_typer(rules, name="rules")


def reference_of(wanted: str) -> str:
    """What the server is asked for: the text of a file, else the reference as it is.

    Raises:
        NotFoundError: it is a path, and no file is there.
        DocumentError: the file is not UTF-8 text.
    """
    if wanted == "-":
        return _several_lines(sys.stdin.read())
    path = Path(wanted)
    if not wanted or wanted.isdecimal() or wanted.startswith("draft:"):
        return wanted
    if path.is_file():
        return _several_lines(_read(path))
    if path.suffix in {".yaml", ".yml"} or "/" in wanted:
        raise NotFoundError(f"There is no file {wanted}.")
    return wanted


@rules.command(name="list")
def list_rules(
    archived: bool = typer.Option(False, "--archived", help="Those that were put away as well."), as_json: bool = Json
) -> None:
    """List what is in force, what was published, and drafts."""
    found = ask("rules_list", archived=archived)
    if as_json:
        print_json(found)
        return
    table = Table("Ruleset", "Name", "Published", "State")
    for row in found["published"]:
        state = "in force" if row["in_force"] else "archived" if row["archived_at"] else ""
        table.add_row(str(row["number"]), row["name"], _day(row["published_at"]), state)
    console.print(table)
    history = Table("In force since", "Ruleset", "How", "By", "Why")
    for row in found["history"][:SHOWN]:
        history.add_row(_day(row["at"]), str(row["number"]), row["kind"], row["by"] or "-", row["why"] or "-")
    console.print(history)
    if found["drafts"]:
        console.print(_drafts(found["drafts"]))


@rules.command()
def drafts(
    archived: bool = typer.Option(False, "--archived", help="Those that were put away as well."), as_json: bool = Json
) -> None:
    """List drafts, the last changed first."""
    rows = ask("rules_drafts", archived=archived)
    if as_json:
        print_json(rows)
    elif rows:
        console.print(_drafts(rows))
    else:
        console.print("There is no draft. Make one: leadline rules draft save FILE --name 'Quotes count more'")


@rules.command()
def show(reference: str = Reference, as_json: bool = Json) -> None:
    """Print a ruleset's document."""
    found = ask("rules_show", reference=reference_of(reference))
    if as_json:
        print_json(found)
    else:
        typer.echo(found["document"], nl=False)


@rules.command()
def validate(file: str = Wanted, as_json: bool = Json) -> None:
    """Check a ruleset: every fault with its line, warnings, and its named examples. Ends with 1 when one fails."""
    found = ask("rules_validate", reference=reference_of(file))
    if as_json:
        print_json(found)
    else:
        _tell_checked(found)
    if not found["valid"]:
        raise typer.Exit(1)


@rules.command()
def diff(
    before: str = typer.Argument(help="A file, draft:7, a number or a bundled name; '' is the one in force."),
    after: str = Wanted,
    as_json: bool = Json,
) -> None:
    """Say in words what changes from one ruleset to another."""
    found = ask("rules_diff", before=reference_of(before), after=reference_of(after))
    if as_json:
        print_json(found)
        return
    for line in found["differences"] or ["They score alike: nothing that decides differs."]:
        console.print(line)


@rules.command()
def schema() -> None:
    """Print the JSON Schema of rulesets, for editors."""
    from leadline.scoring.schema import ruleset_schema

    print_json(ruleset_schema())


@draft.command()
def save(
    file: str = typer.Argument(help="A YAML file, valid or not; - reads standard input."),
    name: str = typer.Option("", help="What it changes, in a few words; kept when left out with --to."),
    note: str = typer.Option("", help="Anything the next reader should know."),
    to: str = typer.Option("", "--to", help="Overwrite this draft (draft:7) instead of making one."),
    as_json: bool = Json,
) -> None:
    """Keep a document as a draft. It may be invalid; it is told."""
    document = reference_of(file)
    if to:
        saved = ask("rules_change_draft", reference=to, document=document, name=name or None, note=note or None)
    else:
        called = name or Path(file).stem
        saved = ask("rules_save_draft", name=called, document=document, by=whoami(), note=note)
    found = ask("rules_validate", reference=saved["reference"])
    if as_json:
        print_json({**saved, "valid": found["valid"], "faults": found["faults"]})
        return
    console.print(f"Saved as {saved['reference']}: {saved['name']}.")
    if not found["valid"]:
        _tell_checked(found)


@rules.command()
def publish(wanted: str = Wanted, why: str = Why, yes: bool = Yes, as_json: bool = Json) -> None:
    """Put a ruleset in force and score everybody with it, after saying who would move."""
    reference = reference_of(wanted)
    preview = ask("rules_preview", "Looking who would move", reference=reference)
    if not preview["valid"]:
        _tell_checked(preview, errors)
        raise TerminalError("This ruleset cannot be published.", advice="Mend what is listed above.")
    _confirm(preview, yes=yes, as_json=as_json)
    done = ask("rules_publish", "Scoring", reference=reference, by=whoami(), why=why, confirm=True)
    _tell_done(done, as_json=as_json)


@rules.command()
def rollback(
    number: int = typer.Argument(help="The number of a ruleset that was published before."),
    why: str = Why,
    yes: bool = Yes,
    as_json: bool = Json,
) -> None:
    """Put an earlier ruleset in force again and score everybody with it, after saying who would move."""
    _confirm(
        ask("rules_preview", "Looking who would move", reference=str(number)), yes=yes, as_json=as_json, checks=False
    )
    done = ask("rules_rollback", "Scoring", number=number, by=whoami(), why=why, confirm=True)
    _tell_done(done, as_json=as_json)


@rules.command()
def archive(
    reference: str = typer.Argument(help="A number, or draft:7."),
    as_json: bool = Json,
) -> None:
    """Put a ruleset or a draft away. Its scores stay; the one in force cannot be archived."""
    if not (reference.isdecimal() or reference.startswith("draft:")):
        raise typer.BadParameter(f"{reference!r} is neither a number nor a draft such as draft:7.")
    done = ask("rules_archive", reference=reference)
    if as_json:
        print_json(done)
    else:
        console.print(f"Archived {reference}.")


def whoami() -> str:
    """Who acts, for the record."""
    return f"cli:{getpass.getuser()}"


def _confirm(preview: dict[str, Any], *, yes: bool, as_json: bool, checks: bool = True) -> None:
    """Show what would happen; ask when more leads would move than go without saying.

    Raises:
        TerminalError: nobody is there to be asked.
    """
    out = errors if as_json else console
    if checks:
        _tell_checked(preview, out)
    for line in preview["differences"]:
        out.print(f"  {line}")
    _tell_impact(preview["impact"], out)
    if yes or not preview["needs_confirmation"]:
        return
    limit = f"{preview['confirm_share']:.0%}"
    if not sys.stdin.isatty():
        raise TerminalError(
            f"That is more than {limit} of all leads, and needs a confirmation.",
            advice="Nothing was changed. Look at the numbers above, then add --yes.",
        )
    if not typer.confirm(f"That is more than {limit} of all leads. Go on?", err=True):
        raise TerminalError("Nothing was changed.")


def _tell_impact(impact: dict[str, Any] | None, out: Any) -> None:
    if impact is None:
        return
    out.print(f"{impact['moved']:,} of {impact['leads']:,} leads ({impact['share']:.1%}) change grade or stage.")
    for what in ("grade", "stage"):
        rows = impact[f"{what}_changes"]
        if rows:
            words = ", ".join(f"{row['from']} to {row['to']} {row['leads']:,}" for row in rows[:SHOWN])
            out.print(f"  By {what}: {words}")


def _tell_checked(found: dict[str, Any], out: Any = console) -> None:
    for fault in found["faults"]:
        line = f"line {fault['line']}, " if fault["line"] else ""
        out.print(f"{line}{fault['path'] or 'the document'}: {fault['message']} {fault['advice']}".rstrip())
    for each in found["examples"]:
        if not each["passed"]:
            out.print(f"The example {each['name']!r} fails: {each['why']}")
    for warning in found["warnings"]:
        out.print(f"Warning: {warning}")
    if found["valid"]:
        count = len(found["examples"])
        told = f"{count} of {count} examples come out as they say." if count else "it has no examples."
        out.print(f"{found['name']} is valid; {told}")


def _tell_done(done: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(done)
    else:
        console.print(f"Ruleset {done['number']}, {done['name']}, is in force; everybody is scored with it.")


def _drafts(rows: list[dict[str, Any]]) -> Table:
    table = Table("Draft", "Name", "Changed", "By", "Note")
    for row in rows:
        state = " (archived)" if row["archived_at"] else " (suggested)" if row["origin"] == "suggestion" else ""
        table.add_row(row["reference"], row["name"] + state, _day(row["updated_at"]), row["created_by"], row["note"])
    return table


def _day(moment: str) -> str:
    return moment[:16].replace("T", " ")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DocumentError(f"{path} is not UTF-8 text: {error}.") from error


def _several_lines(text: str) -> str:
    """A document always has a line end: that is how it is told from a reference."""
    return text if "\n" in text else f"{text}\n"
