"""`leadline spend` and `leadline rates`: what channels cost, and what currencies are worth."""

from pathlib import Path
from typing import Any

import typer
from rich.table import Table

from leadline.cli.session import Json, ask, console, print_json
from leadline.kernel.figures import counted

spend = typer.Typer(help="What was spent on channels.", no_args_is_help=True)
rates = typer.Typer(help="What currencies are worth in the reporting currency.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add both groups."""
    app.add_typer(spend, name="spend")
    app.add_typer(rates, name="rates")


@spend.command(name="import")
def import_spend(
    file: Path = typer.Argument(help="CSV: day,channel,campaign,amount,currency.", exists=True, dir_okay=False),
    as_json: bool = Json,
) -> None:
    """Take a CSV in. It replaces everything on the days it covers; with a wrong line nothing is written."""
    done = ask("spend_import", text=_text(file))
    if as_json:
        print_json(done)
        return
    rows, days = counted(done["rows"], "row"), counted(done["days"], "day")
    console.print(f"{rows} for {days}, in place of {done['replaced']:,}.")
    if done["unknown_channels"]:
        console.print(f"No rule gives these channels, so no visit meets them: {', '.join(done['unknown_channels'])}.")


@spend.command()
def show(as_json: bool = Json) -> None:
    """Show which days have spend."""
    told = ask("spend_show")
    if as_json:
        print_json(told)
    elif not told["rows"]:
        console.print("No spend is known yet: leadline spend import FILE")
    else:
        console.print(f"{counted(told['rows'], 'row')} from {told['first']} to {told['last']}.")


@rates.command(name="import")
def import_rates(
    file: Path = typer.Argument(help="CSV: currency,day,rate.", exists=True, dir_okay=False), as_json: bool = Json
) -> None:
    """Take a CSV in. A rate of the same currency and day is replaced; with a wrong line nothing is written."""
    done = ask("rates_import", text=_text(file))
    if as_json:
        print_json(done)
    else:
        console.print(f"{counted(done['rates'], 'rate')}, in place of {done['replaced']:,}.")


@rates.command(name="show")
def show_rates(as_json: bool = Json) -> None:
    """Show all rates."""
    told = ask("rates_show")
    if as_json:
        print_json(told)
    else:
        console.print(_table(told))


def _table(told: dict[str, Any]) -> Table:
    table = Table("Currency", "From", f"Worth in {told['currency']}")
    for row in told["rates"]:
        table.add_row(row["currency"], row["day"], row["rate"])
    return table


def _text(file: Path) -> str:
    from leadline.kernel.errors import DocumentError

    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(f"{file} is not UTF-8 text: {error}.") from error
