"""`leadline score` and `leadline rescore`."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table

from leadline.cli.session import Json, ask, console, print_json
from leadline.kernel.errors import DocumentError, NotFoundError

if TYPE_CHECKING:
    from leadline.scoring.scorer import LeadScorer


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(score)
    app.command()(rescore)


def score(
    file: Path = typer.Argument(help="JSON: one object, a list of them, or one a line; - reads standard input."),
    ruleset: str = typer.Option("", help="A ruleset file or the name of a bundled one; default: offshore-staffing."),
    as_json: bool = Json,
) -> None:
    """Score people from a file, without any server: {"events": [...], "traits": {...}, "as_of": "2026-05-14"}."""
    from leadline.scoring.document import bundled_ruleset, read_ruleset
    from leadline.scoring.scorer import LeadScorer

    path = Path(ruleset) if Path(ruleset).is_file() else bundled_ruleset(ruleset or "offshore-staffing")
    scorer = LeadScorer(read_ruleset(path))
    results = [_scored(scorer, number, person) for number, person in enumerate(_people(file), start=1)]
    if as_json:
        print_json(results[0] if len(results) == 1 else results)
        return
    table = Table("#", "Total", "Grade", "Engagement", "Readiness", "Conversion")
    for number, result in enumerate(results, start=1):
        dimensions: list[Any] = [result[name] for name in ("engagement", "readiness", "conversion")]
        table.add_row(
            str(number), f"{result['total']:.6f}", str(result["grade"]), *(f"{d['score']:.6f}" for d in dimensions)
        )
    console.print(table)


def _scored(scorer: "LeadScorer", number: int, person: object) -> dict[str, Any]:
    if not isinstance(person, dict):
        raise DocumentError(
            f"Person {number} is {type(person).__name__}, not an object.", advice='Give {"events": [...], ...}.'
        )
    if not isinstance(person.get("events") or [], list):
        raise DocumentError(f"Person {number}: events is {type(person['events']).__name__}, not a list.")
    try:
        return scorer.score_lead(person).as_dict()
    except DocumentError as error:
        raise DocumentError(f"Person {number}: {error.message}", advice=error.advice) from error


def _text(file: Path) -> str:
    if str(file) == "-":
        return sys.stdin.read()
    if not file.is_file():
        raise NotFoundError(f"There is no file {file}.")
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DocumentError(f"{file} is not UTF-8 text: {error}.") from error


def _people(file: Path) -> list[Any]:
    text = _text(file)
    try:
        loaded = json.loads(text)
    except json.JSONDecodeError:
        loaded = _lines(text)
    return loaded if isinstance(loaded, list) else [loaded]


def _lines(text: str) -> list[Any]:
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except json.JSONDecodeError as error:
        raise DocumentError(f"The file is neither JSON nor one JSON object a line: {error}.") from error


def rescore(
    as_of: str = typer.Option("", "--as-of", help="Score as of the end of this UTC day (2026-05-14); default: now."),
    as_json: bool = Json,
) -> None:
    """Score every lead again."""
    result = ask("rescore", "Scoring", as_of=as_of)
    if as_json:
        print_json(result)
    else:
        console.print(f"Scored {result['leads']:,} leads as of {result['as_of']} with ruleset {result['ruleset']}.")
