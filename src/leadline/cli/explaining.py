"""`leadline explain`, `leadline forecast` and `leadline whatif`: why a lead has its score, and what becomes of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from rich.table import Table

from leadline.cli.session import Json, ask, console, print_json

NOT_COUNTED = {
    "internal": "This is one of our own people: nothing they do counts. The rules: leadline traffic list",
    "bot": "Only robots were seen under this name: nothing of it counts.",
}
REFUSED = "The person refused profiling: nothing of what they do is scored. The proof: leadline leads consent {lead}"
Lead = typer.Argument(help="A lead's number, user id or e-mail address.")
AsOf = typer.Option("", "--as-of", help="A day (2026-05-14) or a moment in ISO 8601; default: now.")
KnownAt = typer.Option("", "--known-at", help="Only with what was known then: a day (its end) or a moment.")
RulesetOption = typer.Option("", "--ruleset", help="A number, draft:7, a bundled name or a file; default: in force.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(explain)
    app.command()(forecast)
    app.command()(whatif)


def explain(
    lead: str = Lead,
    as_of: str = AsOf,
    known_at: str = KnownAt,
    ruleset: str = RulesetOption,
    as_json: bool = Json,
) -> None:
    """Show every point of a lead's score, the days behind it, and what decay took."""
    result = ask("explain", lead=lead, as_of=as_of, known_at=known_at, ruleset=reference(ruleset))
    if as_json:
        print_json(result)
        return
    if result["noise"]:
        console.print(NOT_COUNTED[result["noise"]])
    if not result["permitted"]:
        console.print(REFUSED.format(lead=result["lead"]))
    console.print(_ledger(result))
    if result["fit"]["ledger"]:
        console.print(_fit(result))


def forecast(lead: str = Lead, as_json: bool = Json) -> None:
    """Show on which days grade or stage change if nothing happens."""
    result = ask("forecast", lead=lead)
    if as_json:
        print_json(result)
        return
    console.print(_now(result), result["sentence"])
    if not result["changes"]:
        return
    table = Table("Day", "Total", "Grade", "Stage")
    for change in result["changes"]:
        stage = _moved(_plain(change["from_stage"]), _plain(change["to_stage"]))
        table.add_row(change["on"], f"{change['total']:.6f}", _moved(change["from_grade"], change["to_grade"]), stage)
    console.print(table)


def whatif(lead: str = Lead, as_json: bool = Json) -> None:
    """Show what each next step of a person would do to the total and the stage."""
    result = ask("whatif", lead=lead)
    if as_json:
        print_json(result)
        return
    console.print(_now(result))
    if not result["counterfactuals"]:
        console.print("No step that the ruleset knows would lift it.")
    for each in result["counterfactuals"]:
        console.print(f"{each['sentence']} ({each['gain']:+.6f})")


def _now(result: dict[str, Any]) -> str:
    return f"Now {result['total']:.6f}, grade {result['grade']}, {_plain(result['stage'])}."


def reference(ruleset: str) -> str:
    """What the server understands: the text of a file, else what was given."""
    path = Path(ruleset)
    return path.read_text(encoding="utf-8") if ruleset and path.is_file() else ruleset


def _ledger(result: dict[str, Any]) -> Table:
    known = f", known at {result['known_at']}" if result["known_at"] else ""
    title = f"Lead {result['lead']}, as of {result['as_of']}{known}"
    table = Table("Dimension", "Factor", "From", "Score", "Points", "Decay took", title=title)
    for line in result["ledger"]:
        decay = f"{line['decay']:.3f}" if line["decay_micro"] else ""
        told = [f"{line['sentence']}{_until(line)}", *_parts(line)]
        numbers = (f"{line['score']:.1f}", f"{line['points']:+.3f}", decay)
        table.add_row(line["dimension"], line["label"], "\n".join(filter(None, told)), *numbers)
    table.add_row("", "Total", "", "", f"{result['total']:.6f}", "", style="bold")
    return table


def _until(line: dict[str, Any]) -> str:
    return f", until {line['ends_on']}" if line["ends_on"] else ""


def _parts(line: dict[str, Any]) -> Iterator[str]:
    """The days or values behind a line; traits say enough in its sentence."""
    for part in line["contributions"]:
        if part["day"]:
            count = f"{part['count']} event{'s' * (part['count'] != 1)}"
            capped = f", {part['capped']:g} over the cap" if part["capped"] else ""
            key = f" {part['key']}" if part["key"] else ""
            yield f"  {part['day']}{key}: {count}{capped}, {part['points']:+.3f}"


def _fit(result: dict[str, Any]) -> Table:
    fit = result["fit"]
    table = Table("Factor", "From", "Score", "Points", title=f"Fit {fit['fit']}, outside the total")
    for line in fit["ledger"]:
        table.add_row(line["label"], line["sentence"], f"{line['score']:.1f}", f"{line['points']:+.3f}")
    table.add_row("Fit points", "", "", f"{fit['points']:.6f}", style="bold")
    return table


def _moved(old: str, new: str) -> str:
    return new if old == new else f"{old} -> {new}"


def _plain(stage: str) -> str:
    return stage.replace("_", " ")
