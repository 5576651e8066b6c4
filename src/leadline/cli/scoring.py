"""`leadline score` and `leadline rescore`."""

import json
import sys
from pathlib import Path
from typing import Any

import typer
from rich.table import Table

from leadline.cli.session import Json, ask, console, print_json
from leadline.kernel.errors import DocumentError


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
    people = _people(file)
    results = [scorer.score_lead(person).as_dict() for person in people]
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


def _people(file: Path) -> list[dict[str, Any]]:
    text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
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
