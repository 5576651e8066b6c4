"""`leadline rules backtest`, `rules backtests` and `rules suggest`."""

import getpass
from typing import Any

import typer
from rich.table import Table

from leadline.cli.long_work import carry_out
from leadline.cli.session import Json, ask, console, print_json

References = typer.Argument(None, help="Numbers, draft:7, bundled names or files; left out: the one in force.")
Outcome = typer.Option("opportunity", "--outcome", help="The conversion to foretell.")
Horizon = typer.Option(None, "--horizon", min=1, help="Days; left out: 30, for won_deal 90.")
Cutoffs = typer.Option("6", "--cutoffs", help="How many past days, or which: 2026-08-01,2026-09-01.")
FIGURES = {"auc": "AUC", "average_precision": "Average precision", "lift": "Lift", "precision": "Precision at capacity"}


def register(rules: typer.Typer) -> None:
    """Add the commands to the group `rules`."""
    rules.command()(backtest)
    rules.command()(backtests)
    rules.command()(suggest)


def backtest(
    rulesets: list[str] | None = References,
    cutoffs: str = Cutoffs,
    horizon: int | None = Horizon,
    outcome: str = Outcome,
    capacity: int | None = typer.Option(None, "--capacity", min=1, help="Leads that sales can work per cutoff."),
    alone: bool = typer.Option(False, "--alone", help="Do not compare with the ruleset in force."),
    as_json: bool = Json,
) -> None:
    """Test rulesets against the past: scores from before each cutoff, outcomes from after it."""
    from leadline.cli.rules import reference_of

    given = [reference_of(each) for each in rulesets or []]
    arguments = {
        "rulesets": given if alone and given else ["", *given],
        "cutoffs": _cutoffs(cutoffs),
        "horizon": horizon,
        "outcome": outcome,
        "capacity": capacity,
    }
    result = carry_out("backtest", arguments, _by(), "Testing against the past")
    if as_json:
        print_json(result)
    else:
        tell(result)


def suggest(
    outcome: str = Outcome,
    horizon: int | None = Horizon,
    cutoffs: str = Cutoffs,
    as_json: bool = Json,
) -> None:
    """Suggest weights and thresholds that would have served better, as a draft with its backtest. Applies nothing."""
    arguments = {"outcome": outcome, "horizon": horizon, "cutoffs": _cutoffs(cutoffs)}
    result = carry_out("suggestion", arguments, _by(), "Looking for better weights")
    if as_json:
        print_json(result)
        return
    for line in result["words"]:
        console.print(line)
    if result["test"]:
        tell(result["test"])


def backtests(
    number: int = typer.Argument(0, help="Show this one; left out: list them."), as_json: bool = Json
) -> None:
    """List backtests that were made, or show one again."""
    found = ask("job", number=number) if number else ask("jobs", kind="backtest")
    if as_json:
        print_json(found)
    elif number and found["result"] and "pooled" in found["result"]:
        tell(found["result"])
    else:
        _list([found] if number else found)


def tell(result: dict[str, Any]) -> None:
    """A backtest in tables and sentences."""
    pooled, outcome = result["pooled"], result["outcome"]["name"]
    console.print(
        f"{pooled['leads']:,} leads at {len(result['cutoffs'])} cutoffs ({result['cutoffs'][0]['day']} to "
        f"{result['cutoffs'][-1]['day']}), {pooled['outcomes']:,} with {outcome} within {result['horizon_days']} days; "
        f"{pooled['left_out']:,} left out that had it before. Capacity {result['capacity']:,}."
    )
    console.print(_figures(result))
    for label, figures in zip(_labels(result), pooled["rulesets"], strict=True):
        console.print(_rates(f"Grade, {label}", "grade", figures["grades"]))
        console.print(_rates(f"Stage, {label}", "stage", figures["stages"]))
    for label, impact in zip(_labels(result), result.get("impact") or [], strict=False):
        if impact:
            console.print(f"Published now, {label} would move {impact['moved']:,} of {impact['leads']:,} leads.")
    for line in (*(each["words"] for each in result["differences"]), *result["warnings"], *result["notes"]):
        console.print(line)


def _figures(result: dict[str, Any]) -> Table:
    table = Table("", *_labels(result))
    rulesets = result["pooled"]["rulesets"]
    for name, title in FIGURES.items():
        table.add_row(title, *(_estimate(each[name]) for each in rulesets))
    return table


def _estimate(found: dict[str, float] | None) -> str:
    return f"{found['value']:.3f} ({found['low']:.3f} to {found['high']:.3f})" if found else "-"


def _rates(title: str, kind: str, rows: list[dict[str, Any]]) -> Table:
    table = Table(title, "Leads", "Converted", "Rate")
    for row in rows:
        rate = f"{row['rate']:.1%} ({row['low']:.1%} to {row['high']:.1%})" if row["leads"] else "-"
        table.add_row(row[kind], f"{row['leads']:,}", f"{row['converted']:,}", rate)
    return table


def _list(rows: list[dict[str, Any]]) -> None:
    table = Table("Backtest", "State", "Made", "By", "Trouble")
    for row in rows:
        table.add_row(str(row["number"]), row["state"], row["created_at"][:16], row["by"] or "-", row["message"] or "-")
    console.print(table)


def _labels(result: dict[str, Any]) -> list[str]:
    return [each["label"] for each in result["rulesets"]]


def _cutoffs(text: str) -> int | list[str] | str:
    return [each.strip() for each in text.split(",")] if "-" in text else text


def _by() -> str:
    return f"cli:{getpass.getuser()}"
