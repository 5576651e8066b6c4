"""`leadline notify rules` and what is done to them."""

import getpass
from pathlib import Path
from typing import Annotated, Any

import typer

from leadline.cli.fitting import print_rows
from leadline.cli.session import Json, ask, console, print_json

Number = Annotated[int, typer.Argument(help="A rule's number; see `leadline notify rules`.")]
Stages = Annotated[
    list[str] | None,
    typer.Option("--stage", help="A stage; give it again for more. Of a rule on stages, the ones entered."),
]
Grades = Annotated[list[str] | None, typer.Option("--grade", help="A grade; give it again for more.")]
Points = Annotated[int | None, typer.Option("--points", help="By how many points a score rises or falls.")]
Days = Annotated[int | None, typer.Option("--days", help="Against the score so many days ago.")]
Connections = Annotated[
    list[str] | None, typer.Option("--connection", help="A CRM connection by name; give it again for more.")
]
Failures = Annotated[
    int | None, typer.Option("--failures", help="Failed runs in a row before a connection is in trouble.")
]
Alerts = Annotated[list[int] | None, typer.Option("--alert", help="An alert by number; give it again for more.")]
To = Annotated[list[str] | None, typer.Option("--to", help="A channel by name or number; give it again for more.")]
ToOwner = Annotated[
    bool | None, typer.Option("--to-owner/--not-to-owner", help="Tell the lead's owner, on their own channels.")
]
Digest = Annotated[bool | None, typer.Option("--digest/--at-once", help="Gather what it tells, or send each at once.")]
QuietHours = Annotated[
    int | None,
    typer.Option("--quiet-hours", min=0, help="The same about the same lead is told once in so many hours."),
]
Template = Annotated[
    Path | None, typer.Option("--template", help="A file with the message; its first line is the subject.")
]
Name = Annotated[str, typer.Option("--name", help="What it is called.")]


def add_rule_commands(notify: typer.Typer) -> None:
    """Add them to the group."""
    for command in (rules, add_rule, change_rule, preview, remove_rule, enable, disable):
        notify.command()(command)


def rules(as_json: bool = Json) -> None:
    """List the shared rules, each with what it tells of."""
    _show(ask("notify_rules"), as_json)


def add_rule(
    trigger: Annotated[str, typer.Argument(help="stage, jump, drop, breach, assigned, sync or alert.")],
    stage: Stages = None,
    grade: Grades = None,
    points: Points = None,
    days: Days = None,
    connection: Connections = None,
    failures: Failures = None,
    alert: Alerts = None,
    to: To = None,
    to_owner: ToOwner = None,
    digest: Digest = None,
    quiet_hours: QuietHours = None,
    template: Template = None,
    name: Name = "",
    as_json: bool = Json,
) -> None:
    """Make a rule: it tells of what happens from now on. Try it on the past first: `leadline notify preview`."""
    given = _given(to_owner, digest, quiet_hours, template, name)
    given["conditions"] = _conditions(stage, grade, points, days, connection, failures, alert)
    made = ask("notify_rule_add", by=f"cli:{getpass.getuser()}", trigger=trigger, channels=to or [], **given)
    _show([made], as_json, one=True)


def change_rule(
    number: Number,
    stage: Stages = None,
    grade: Grades = None,
    points: Points = None,
    days: Days = None,
    connection: Connections = None,
    failures: Failures = None,
    alert: Alerts = None,
    to: To = None,
    to_owner: ToOwner = None,
    digest: Digest = None,
    quiet_hours: QuietHours = None,
    template: Template = None,
    name: Name = "",
    as_json: bool = Json,
) -> None:
    """Change a rule; what is left out stays, but conditions and channels are given whole."""
    given = _given(to_owner, digest, quiet_hours, template, name)
    if conditions := _conditions(stage, grade, points, days, connection, failures, alert):
        given["conditions"] = conditions
    if to:
        given["channels"] = to
    _show([ask("notify_rule_change", number=number, **given)], as_json, one=True)


def preview(
    trigger: Annotated[str, typer.Argument(help="A rule's number, or a trigger with what `add-rule` takes.")],
    stage: Stages = None,
    grade: Grades = None,
    points: Points = None,
    days: Days = None,
    alert: Alerts = None,
    quiet_hours: QuietHours = None,
    as_json: bool = Json,
) -> None:
    """Tell how often a rule would have told something in the last 30 days, and what last."""
    if trigger.isdecimal():
        found = ask("notify_rule_preview", "Looking back", number=int(trigger))
    else:
        given = _given(None, None, quiet_hours, None, "")
        given["conditions"] = _conditions(stage, grade, points, days, None, None, alert)
        found = ask("notify_rule_preview", "Looking back", trigger=trigger, **given)
    if as_json:
        print_json(found)
        return
    console.print(
        f"{found['sentence']}.\n{found['words']} {found['note'] if found['count'] is not None else ''}".strip()
    )
    for each in found["examples"]:
        console.print(f"{each['at'][:16]}  {each['subject']}")


def remove_rule(number: Number, as_json: bool = Json) -> None:
    """Remove a rule with its messages; what waits is not sent."""
    gone = ask("notify_rule_remove", number=number)
    if as_json:
        print_json(gone)
    else:
        console.print(f"Removed rule {number}, {gone['name']}.")


def enable(number: Number, as_json: bool = Json) -> None:
    """Switch a rule on: it tells of what happens from now on."""
    _show([ask("notify_rule_change", number=number, enabled=True)], as_json, one=True)


def disable(number: Number, as_json: bool = Json) -> None:
    """Switch a rule off; what waits is sent all the same."""
    _show([ask("notify_rule_change", number=number, enabled=False)], as_json, one=True)


def _given(
    to_owner: bool | None, digest: bool | None, quiet_hours: int | None, template: Path | None, name: str
) -> dict[str, Any]:
    given: dict[str, Any] = {"to_owner": to_owner, "digest": digest, "quiet_hours": quiet_hours, "name": name or None}
    given["template"] = template.read_text() if template else None
    return {key: value for key, value in given.items() if value is not None}


def _conditions(
    stages: list[str] | None,
    grades: list[str] | None,
    points: int | None,
    days: int | None,
    connections: list[str] | None,
    failures: int | None,
    alerts: list[int] | None,
) -> dict[str, Any]:
    given: dict[str, Any] = {"stages": stages, "grades": grades, "points": points, "days": days}
    given |= {"connections": connections, "failures": failures, "alerts": alerts}
    return {name: value for name, value in given.items() if value}


def _show(rows: list[dict[str, Any]], as_json: bool, *, one: bool = False) -> None:
    if as_json:
        print_json(rows[0] if one else rows)
        return
    if not rows:
        console.print("There are no rules. Make one: leadline notify add-rule stage --stage qualified --to-owner")
        return
    print_rows(("Rule", "Name", "Tells when", "To", "State", "Last"), [_row(row) for row in rows])


def _row(row: dict[str, Any]) -> list[str]:
    state = "on" if row["enabled"] else "off"
    last = (row["last_at"] or "-")[:16].replace("T", " ")
    return [str(row["number"]), row["name"], row["sentence"], row["goes_to"] or "nobody", state, last]
