"""`leadline leads consent`: what a person allows, with proof, and writing down what they said to one of us."""

import getpass
from typing import Any

import typer

from leadline.cli.fitting import print_rows
from leadline.cli.session import Json, ask, console, print_json
from leadline.kernel.errors import TerminalError

HOW = {
    "banner": "consent banner",
    "choice": "consent banner, when it was chosen",
    "gpc": "Global Privacy Control",
    "trait": "trait unsubscribed",
    "hand": "by hand",
}
HEADINGS = ("Said", "Purpose", "What", "How", "Text", "Where", "By", "Because")


def consent(
    lead: str = typer.Argument(help="A lead's number, user id or e-mail address."),
    purpose: str = typer.Argument("", help="profiling, marketing or sharing; without it, what they allow is shown."),
    said: str = typer.Argument("", help="given or refused."),
    because: str = typer.Option("", "--because", help="How it is known: when and how the person said it."),
    as_json: bool = Json,
) -> None:
    """Show what a person allows and the proof of it, or write down what they said."""
    if bool(purpose) != bool(said):
        raise TerminalError("What was said is missing.", advice="Say given or refused after the purpose.")
    if purpose:
        by = f"cli:{getpass.getuser()}"
        told = ask("lead_consent", lead=lead, purpose=purpose, said=said, because=because, by=by)
    else:
        told = ask("lead_consents", lead=lead)
    if as_json:
        print_json(told)
        return
    _show(told)


def _show(told: dict[str, Any]) -> None:
    for purpose, each in told["consent"].items():
        said = f"{each['said'] or 'nothing said'}{', by hand' if each['by_hand'] else ''}"
        console.print(f"{purpose}: {'allowed' if each['allowed'] else 'refused'} ({said})")
    if told["statements"]:
        print_rows(HEADINGS, [_statement(row) for row in told["statements"]], folded=("Where", "Because"))


def _statement(row: dict[str, Any]) -> list[str]:
    where = " ".join(filter(None, (row["source"], row["path"])))
    what = (row["said_at"][:16].replace("T", " "), row["purpose"], row["said"], HOW[row["how"]])
    return [*what, row["version"], where, row["by"], row["because"]]
