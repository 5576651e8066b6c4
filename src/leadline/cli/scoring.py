"""`leadline score`, `leadline rescore` and `leadline rebuild`."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table

from leadline.cli.explaining import REFUSED, reference
from leadline.cli.session import Json, ask, console, print_json
from leadline.kernel.errors import DocumentError, NotFoundError

if TYPE_CHECKING:
    from leadline.scoring.scorer import LeadScorer


FILES = {".json", ".jsonl", ".ndjson"}
"""Endings of files of people; any file that is there counts as one."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(score)
    app.command()(rescore)
    app.command()(rebuild)


def score(
    who: str = typer.Argument(metavar="LEAD|FILE", help="A lead's number, user id or e-mail; a JSON file, or -."),
    as_of: str = typer.Option("", "--as-of", help="A lead's score of this UTC day; default: today."),
    known_at: str = typer.Option("", "--known-at", help="A lead's score with what was known then: a day or a moment."),
    ruleset: str = typer.Option("", "--ruleset", help="A number, draft:7, a bundled name or a file."),
    as_json: bool = Json,
) -> None:
    """Score a lead as of any day, as known at any time, under any ruleset; or people from a file, without a server.

    A file holds one object, a list of them, or one a line: {"events": [...], "traits": {...}, "as_of": "2026-05-14"}.
    """
    if who == "-" or Path(who).is_file() or Path(who).suffix in FILES:
        if as_of or known_at:
            raise DocumentError("People from a file say their own as_of.", advice="Leave --as-of and --known-at out.")
        _score_file(Path(who), ruleset, as_json)
    else:
        _score_lead(who, {"as_of": as_of, "known_at": known_at, "ruleset": reference(ruleset)}, as_json)


def _score_lead(lead: str, how: dict[str, str], as_json: bool) -> None:
    result = ask("score_lead", lead=lead, **how)
    if as_json:
        print_json(result)
        return
    stamp = result["stamp"]
    if not stamp["permitted"]:
        console.print(REFUSED.format(lead=result["lead"]))
    known = f", known at {stamp['known_at']}" if stamp["known_at"] else ""
    of = f"Lead {result['lead']}, as of {stamp['as_of']}{known}, ruleset {stamp['ruleset'] or 'not published'}"
    table = Table("Total", "Grade", "Engagement", "Readiness", "Conversion", title=of)
    numbers = [f"{result[name]['score']:.6f}" for name in ("engagement", "readiness", "conversion")]
    table.add_row(f"{result['total']:.6f}", result["grade"], *numbers)
    console.print(table)


def _score_file(file: Path, ruleset: str, as_json: bool) -> None:
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


def rebuild(
    yes: bool = typer.Option(False, "--yes", help="Do not ask."),
    as_json: bool = Json,
) -> None:
    """Make scores, stages and everything else that is derived again, from nothing."""
    if not (yes or typer.confirm("Nothing can be written while it runs. Go on?", err=True)):
        raise typer.Exit(1)
    result = ask("rebuild", "Evaluations")
    if as_json:
        print_json(result)
        return
    console.print(
        f"Walked {result['evaluations']:,} evaluations again: {result['leads']:,} leads, "
        f"{result['transitions']:,} transitions."
    )
