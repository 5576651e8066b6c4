"""`leadline notify`: who is told what happens to leads, where, and what was sent."""

import sys
from typing import Any

import typer

from leadline.cli.fitting import print_rows
from leadline.cli.notification_rules import add_rule_commands
from leadline.cli.session import Json, ask, console, print_json

notify = typer.Typer(help="Notifications: channels, rules, what was sent.", no_args_is_help=True)
Number = typer.Argument(help="A channel's number; see `leadline notify channels`.")
Quiet = typer.Option("", "--quiet", help="Hours in which nothing is sent, such as 22-7; none: never quiet.")
Zone = typer.Option("", "--zone", help="The time zone of the hours, such as Asia/Manila.")
Digest = typer.Option("", "--digest", help="Hours of a digest, such as 8,17; none: each message at once.")
FOR_ADVERTISING = "What goes there is used for advertising: nobody is told of who refused sale or sharing."


def register(app: typer.Typer) -> None:
    """Add the group."""
    add_rule_commands(notify)
    app.add_typer(notify, name="notify")


@notify.command()
def channels(as_json: bool = Json) -> None:
    """List channels. Their addresses are never shown."""
    _show_channels(ask("notify_channels"), as_json)


@notify.command()
def add_channel(
    name: str = typer.Argument(help="What it is called."),
    address: str = typer.Argument(
        "", help="An e-mail address, or Apprise's; left out it is asked for, or read from standard input."
    ),
    owner: str = typer.Option("", "--owner", help="Whose it is, by e-mail address; left out: a shared one."),
    quiet: str = Quiet,
    zone: str = Zone,
    digest: str = Digest,
    advertising: bool = typer.Option(False, "--advertising", help=FOR_ADVERTISING),
    as_json: bool = Json,
) -> None:
    """Make a channel. Left out, the address stays out of the shell's history."""
    given = _times(quiet, zone, digest) | {"advertising": advertising}
    made = ask("notify_channel_add", name=name, address=address or _asked(), owner=owner, **given)
    _show_channels([made], as_json, one=True)


@notify.command()
def change_channel(
    number: int = Number,
    name: str = typer.Option("", "--name", help="Another name."),
    new_address: bool = typer.Option(
        False, "--new-address", help="Ask for another address, or read it from standard input."
    ),
    quiet: str = Quiet,
    zone: str = Zone,
    digest: str = Digest,
    enabled: bool | None = typer.Option(None, "--on/--off", help="Switch it on or off."),
    advertising: bool | None = typer.Option(None, "--advertising/--no-advertising", help=FOR_ADVERTISING),
    as_json: bool = Json,
) -> None:
    """Change a channel; what is left out stays. `none` takes quiet hours or a digest away."""
    given = {**_times(quiet, zone, digest), "name": name, "address": _asked() if new_address else ""}
    if enabled is not None:
        given["enabled"] = enabled
    if advertising is not None:
        given["advertising"] = advertising
    _show_channels([ask("notify_channel_change", number=number, **given)], as_json, one=True)


@notify.command()
def remove_channel(number: int = Number, as_json: bool = Json) -> None:
    """Remove a channel with its messages; what waits is not sent."""
    gone = ask("notify_channel_remove", number=number)
    if as_json:
        print_json(gone)
    else:
        console.print(f"Removed channel {number}, {gone['name']}.")


@notify.command(name="test")
def try_out(number: int = Number, as_json: bool = Json) -> None:
    """Send a test to a channel now, and say what came of it."""
    told = ask("notify_test", "Sending", number=number)
    if as_json:
        print_json(told)
    else:
        console.print(f"{told['channel_name']}: {_state(told)}")
    if told["state"] != "sent":
        raise typer.Exit(1)


@notify.command()
def log(
    limit: int = typer.Option(50, "--limit", min=1, max=500, help="How many, the newest first."),
    channel: int = typer.Option(0, "--channel", help="Only to this channel, by number."),
    rule: int = typer.Option(0, "--rule", help="Only of this rule, by number."),
    state: str = typer.Option("", "--state", help="due, sending, sent, failed, unsure or skipped."),
    as_json: bool = Json,
) -> None:
    """List what was sent and what waits, the newest first."""
    rows = ask("notify_log", limit=limit, channel=channel, rule=rule, state=state)
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print("Nothing was told yet.")
        return
    told = [
        [str(row["number"]), row["subject"], row["channel_name"], row["at"][:16].replace("T", " "), _state(row)]
        for row in rows
    ]
    print_rows(("Message", "What", "To", "When", "State"), told)


@notify.command()
def resend(
    number: int = typer.Argument(help="A message's number; see `leadline notify log`."), as_json: bool = Json
) -> None:
    """Let a message go out once more, whatever became of it."""
    told = ask("notify_resend", number=number)
    if as_json:
        print_json(told)
    else:
        console.print(f"Message {number} waits to be sent to {told['channel_name']}.")


@notify.command()
def run(as_json: bool = Json) -> None:
    """Look now at what happened and send what is due, as the server does by itself."""
    told = ask("notify_run", "Looking")
    if as_json:
        print_json(told)
    else:
        console.print(f"{told['made']} new, {told['sent']} sent.")


def _asked() -> str:
    """From somebody who types it unseen, or from a program."""
    if sys.stdin.isatty():
        return str(typer.prompt("Address", hide_input=True))
    return sys.stdin.readline().strip()


def _times(quiet: str, zone: str, digest: str) -> dict[str, Any]:
    given: dict[str, Any] = {"zone": zone} if zone else {}
    if quiet:
        begins, _, ends = ("", "", "") if quiet == "none" else quiet.partition("-")
        given |= {"quiet_from": begins, "quiet_until": ends}
    if digest:
        given["digest_hours"] = [] if digest == "none" else digest.split(",")
    return given


def _show_channels(rows: list[dict[str, Any]], as_json: bool, *, one: bool = False) -> None:
    if as_json:
        print_json(rows[0] if one else rows)
        return
    if not rows:
        console.print("There are no channels. Make one: leadline notify add-channel Sales")
        return
    headings = ("Channel", "Name", "Service", "Whose", "Quiet", "Digest", "State")
    print_rows(headings, [_channel(row) for row in rows], folded=("Service",))


def _channel(row: dict[str, Any]) -> list[str]:
    return [
        str(row["number"]),
        row["name"],
        f"{row['service']} {row['shown']}".strip(),
        row["owner"] or "shared",
        f"{row['quiet_from']}-{row['quiet_until']} {row['zone']}" if row["quiet_from"] is not None else "-",
        ", ".join(map(str, row["digest_hours"])) or "-",
        (row["trouble"] or "on") if row["enabled"] else "off",
    ]


def _state(row: dict[str, Any]) -> str:
    return f"{row['state']}: {row['message']}" if row["message"] else str(row["state"])
