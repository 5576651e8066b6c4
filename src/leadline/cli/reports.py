"""`leadline reports` and `leadline mail`: boards that are mailed as PDF, and whether mail works."""

import getpass
from typing import Any

import typer

from leadline.cli.fitting import print_rows
from leadline.cli.mail_warning import warn_without_mail
from leadline.cli.session import Json, ask, console, print_json
from leadline.kernel.figures import counted

reports = typer.Typer(help="Boards that are mailed as PDF, weekly or daily.", no_args_is_help=True)
mail = typer.Typer(help="Mail.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the groups."""
    app.add_typer(reports, name="reports")
    app.add_typer(mail, name="mail")


@reports.command(name="list")
def list_reports(as_json: bool = Json) -> None:
    """List scheduled reports with their next time and their last run."""
    _show(ask("schedule_list"), as_json)


@reports.command()
def schedule(
    board: str = typer.Argument("", help="A board's number or name."),
    to: list[str] = typer.Option(None, "--to", help="A mail address; give it again for more."),
    when: str = typer.Option("", "--when", help="daily, or a weekday; a new one: monday."),
    hour: int = typer.Option(None, "--hour", min=0, max=23, help="Of the clock in the zone; a new one: 8."),
    zone: str = typer.Option("", "--zone", help="A time zone; a new one: the installation's."),
    name: str = typer.Option("", "--name", help="What it is called; the board's name without one."),
    number: int = typer.Option(0, "--number", help="Change this one instead of making one."),
    pause: bool = typer.Option(None, "--pause/--go-on", help="Stop sending, or go on."),
    remove: bool = typer.Option(False, "--remove", help="Remove it with its runs."),
    as_json: bool = Json,
) -> None:
    """Have a board mailed, or change, pause or remove a scheduled report."""
    if (remove or pause is not None) and not number:
        raise typer.BadParameter("Say which: --number.")
    if remove:
        _show([ask("schedule_remove", number=number)], as_json, one=True)
        return
    given = {"board": board, "when": when or ("" if number else "monday"), "zone": zone, "name": name, "recipients": to}
    kept: dict[str, Any] = {key: value for key, value in given.items() if value}
    kept |= {} if hour is None else {"hour": hour}
    told = ask("schedule_set", number=number, by=f"cli:{getpass.getuser()}", **kept) if kept or not number else None
    if pause is not None:
        told = ask("schedule_enable", number=number, enabled=not pause)
    if told is None:
        raise typer.BadParameter("Say what to change.")
    _show([told], as_json, one=True)
    if told["recipients"] and told["next"]:
        warn_without_mail("the report")


@reports.command()
def send(number: int = typer.Argument(help="Which one."), as_json: bool = Json) -> None:
    """Send a scheduled report now, besides its times; waits until it left."""
    from leadline.cli.long_work import carry_out

    run = ask("schedule_run", number=number)["run"]
    told = carry_out("scheduled_report", {"run": run}, f"cli:{getpass.getuser()}", "Making the report")
    if as_json:
        print_json(told)
    else:
        console.print(f"Sent to {counted(told['recipients'], 'recipient')}.")


@mail.command(name="test")
def try_mail(address: str = typer.Argument(help="Whom to send it to."), as_json: bool = Json) -> None:
    """Send a mail that says that mail works."""
    told = ask("mail_test", address=address)
    if as_json:
        print_json(told)
    else:
        console.print(f"Sent to {told['sent_to']}.")


def _show(rows: list[dict[str, Any]], as_json: bool, *, one: bool = False) -> None:
    if as_json:
        print_json(rows[0] if one else rows)
        return
    if not rows:
        console.print("Nothing is scheduled. Have a board mailed: leadline reports schedule BOARD --to ADDRESS")
        return
    print_rows(("Report", "Name", "Board", "When", "To", "Next", "Last run"), [_row(row) for row in rows], ("To",))


def _row(row: dict[str, Any]) -> list[str]:
    when = f"{row['when']} {row['hour']:02d}:00 {row['zone']}"
    last = row["runs"][0] if row["runs"] else None
    told = f"{last['state']} {last['due_at'][:16].replace('T', ' ')} {last['message']}".strip() if last else "-"
    following = (row["next"] or "paused")[:16].replace("T", " ")
    return [str(row["number"]), row["name"], row["board_name"], when, ", ".join(row["recipients"]), following, told]
