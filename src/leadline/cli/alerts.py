"""`leadline alerts`: who is told when a metric is not as it should be."""

import getpass
from typing import Annotated, Any

import typer

from leadline.cli.fitting import print_rows
from leadline.cli.mail_warning import warn_without_mail
from leadline.cli.session import Json, ask, console, print_json

alerts = typer.Typer(help="Alerts on metrics: made, tried on the past, checked.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(help="Its number; see `leadline alerts list`.")]
Rule = Annotated[str, typer.Option("--rule", help="threshold, change, weekday or anomaly.")]
Value = Annotated[
    float | None,
    typer.Option("--value", help="The threshold; of a change its share (0.3); of an anomaly how many may fire."),
]
Side = Annotated[str, typer.Option("--side", help="above, below or both; left out: both, for a threshold below.")]
Grain = Annotated[str, typer.Option("--grain", help="day, week or month.")]
Segment = Annotated[str, typer.Option("--segment", help="Only these people: channel=Paid search.")]
Least = Annotated[int, typer.Option("--least", min=0, help="Fewer cases than this fire nothing.")]
Quiet = Annotated[int, typer.Option("--quiet-hours", min=0, help="Silence after a firing.")]
FOLDED = ("To",)
RULE, GRAIN, QUIET_HOURS = "anomaly", "day", 24
DEFAULTS = {"anomaly": 0.01, "change": 0.3, "weekday": 0.3}


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(alerts, name="alerts")


@alerts.command(name="list")
def list_alerts(as_json: bool = Json) -> None:
    """List alerts with what they look for and when they last fired."""
    _show(ask("alert_list"), as_json)


@alerts.command()
def add(
    metric: Annotated[str, typer.Argument(help="A metric: qualified-leads, revenue, conversion:quote_requested.")],
    rule: Rule = RULE,
    value: Value = None,
    side: Side = "",
    grain: Grain = GRAIN,
    segment: Segment = "",
    least: Least = 0,
    quiet_hours: Quiet = QUIET_HOURS,
    name: Annotated[str, typer.Option("--name", help="What it is called; the metric's name without one.")] = "",
    to: Annotated[list[str] | None, typer.Option("--to", help="A mail address; give it again for more.")] = None,
    as_json: bool = Json,
) -> None:
    """Make an alert. Try it on the past first: `leadline alerts preview`."""
    given = _given(metric, rule, value, side, grain, segment, least, quiet_hours)
    made = ask("alert_add", by=f"cli:{getpass.getuser()}", name=name, recipients=to or [], **given)
    _show([made], as_json, one=True)
    if made["recipients"]:
        warn_without_mail("the alert")


@alerts.command()
def preview(
    metric: Annotated[str, typer.Argument(help="A metric, or the number of an alert.")],
    rule: Rule = RULE,
    value: Value = None,
    side: Side = "",
    grain: Grain = GRAIN,
    segment: Segment = "",
    least: Least = 0,
    quiet_hours: Quiet = QUIET_HOURS,
    as_json: bool = Json,
) -> None:
    """Tell how often an alert would have fired in the last 180 days, 52 weeks or 24 months, and when."""
    if metric.isdecimal():
        found = ask("alert_preview", "Looking back", number=int(metric))
    else:
        given = _given(metric, rule, value, side, grain, segment, least, quiet_hours)
        found = ask("alert_preview", "Looking back", **given)
    if as_json:
        print_json(found)
        return
    console.print(found["question"])
    console.print(found["definition"])
    for day, sentence in next(each for each in found["tables"] if each["name"] == "firings")["rows"]:
        console.print(f"{day}  {sentence}")


@alerts.command()
def check(number: int = typer.Argument(0, help="This one only; left out: all."), as_json: bool = Json) -> None:
    """Judge what is due now, as the server does by itself, and mail what fired."""
    fired = ask("alert_check", "Checking", number=number)
    if as_json:
        print_json(fired)
        return
    for each in fired:
        console.print(each["sentence"])
    if not fired:
        console.print("Nothing fired.")


@alerts.command()
def remove(number: Number, as_json: bool = Json) -> None:
    """Remove an alert with its firings."""
    gone = ask("alert_remove", number=number)
    if as_json:
        print_json(gone)
    else:
        console.print(f"Removed alert {number}, {gone['name']}.")


@alerts.command()
def enable(number: Number, as_json: bool = Json) -> None:
    """Switch an alert on: it judges from now on."""
    _show([ask("alert_enable", number=number, enabled=True)], as_json, one=True)


@alerts.command()
def disable(number: Number, as_json: bool = Json) -> None:
    """Switch an alert off; its firings stay."""
    _show([ask("alert_enable", number=number, enabled=False)], as_json, one=True)


def _given(
    metric: str,
    rule: str,
    value: float | None,
    side: str,
    grain: str,
    segment: str,
    least: int,
    quiet_hours: int,
) -> dict[str, Any]:
    if value is None and rule == "threshold":
        raise typer.BadParameter("A threshold needs --value.")
    return {
        "metric": metric,
        "rule": rule,
        "value": DEFAULTS.get(rule, 0.0) if value is None else value,
        "side": side or ("below" if rule == "threshold" else "both"),
        "grain": grain,
        "segment": segment,
        "least": least,
        "quiet_hours": quiet_hours,
    }


def _show(rows: list[dict[str, Any]], as_json: bool, *, one: bool = False) -> None:
    if as_json:
        print_json(rows[0] if one else rows)
        return
    if not rows:
        console.print("There are no alerts. Make one: leadline alerts add qualified-leads")
        return
    print_rows(("Alert", "Name", "Fires for", "To", "State", "Last fired"), [_row(row) for row in rows], FOLDED)


def _row(row: dict[str, Any]) -> list[str]:
    last = row["last"]["sentence"] if row["last"] else "-"
    state = "on" if row["enabled"] else "off"
    return [str(row["number"]), row["name"], row["words"], ", ".join(row["recipients"]) or "-", state, last]
