"""`leadline crm`: connections to CRMs, what they were sent, what failed and why."""

import getpass
from pathlib import Path
from typing import Any

import typer

from leadline.cli import crm_mapping
from leadline.cli.crm_secrets import given_secrets, given_settings
from leadline.cli.crm_tables import show_connections, show_links, show_runs
from leadline.cli.fitting import print_rows
from leadline.cli.long_work import carry_out
from leadline.cli.session import Json, ask, console, print_json
from leadline.kernel.errors import TerminalError

crm = typer.Typer(help="CRMs: connected, tested, synced; what was sent and what failed.", no_args_is_help=True)
Name = typer.Argument(help="The connection; see `leadline crm list`.")
OneOrAll = typer.Argument("", help="The connection; left out: all.")
Set = typer.Option(None, "--set", help="A setting, NAME=VALUE; give it again for more. See `leadline crm kinds`.")
Secret = typer.Option(
    None, "--secret", help="A secret, NAME=@FILE or NAME=env:VARIABLE; left out, it is asked for without echo."
)
Every = typer.Option(None, "--every", help="Seconds from one run to the next.")
Limit = typer.Option(20, "--limit", min=1, help="At most so many.")


def register(app: typer.Typer) -> None:
    """Add the group."""
    crm_mapping.register(crm)
    app.add_typer(crm, name="crm")


@crm.command()
def kinds(as_json: bool = Json) -> None:
    """List what can be connected, and what each needs to know."""
    found = ask("crm_kinds")
    if as_json:
        print_json(found)
        return
    print_rows(("Kind", "CRM", "Settings", "Secrets", "Guide"), [_kind_row(kind) for kind in found])


@crm.command()
def connect(
    name: str = typer.Argument(help="What to call it: odoo."),
    kind: str = typer.Option("", "--kind", help="Which CRM; left out: the one of that name. See `leadline crm kinds`."),
    settings: list[str] = Set,
    secrets: list[str] = Secret,
    mapping: Path = typer.Option(None, "--mapping", help="A YAML file; left out: the kind's own."),
    every: int = typer.Option(None, "--every", help="Seconds from one run to the next; left out: what suits the kind."),
    off: bool = typer.Option(False, "--off", help="Do not run it by itself yet."),
    as_json: bool = Json,
) -> None:
    """Connect a CRM and test it. Nothing is sent before the test went well."""
    of = _kind(kind or name)
    made = ask(
        "crm_connect",
        name=name,
        kind=of["name"],
        settings=given_settings(of, settings or [], asking=True),
        secrets=given_secrets(of, secrets or [], asking=True),
        mapping=mapping.read_text(encoding="utf-8") if mapping else "",
        enabled=False,
        every_seconds=every,
        by=_by(),
    )
    tested = ask("crm_test", "Testing", name=name)
    if tested["ok"] and not off:
        made = ask("crm_change", name=name, enabled=True, by=_by())
    if as_json:
        print_json({"connection": made, "test": tested})
    else:
        _tell_test(tested)
        _tell_next(name, tested["ok"], off)
    if not tested["ok"]:
        raise typer.Exit(1)


@crm.command()
def change(
    name: str = Name,
    settings: list[str] = Set,
    secrets: list[str] = Secret,
    every: int | None = Every,
    on: bool | None = typer.Option(None, "--on/--off", help="Whether it runs by itself."),
    as_json: bool = Json,
) -> None:
    """Change a connection; what is not given stays."""
    of = _kind(ask("crm_connection", name=name)["kind"])
    given: dict[str, Any] = {
        "settings": given_settings(of, settings or [], asking=False),
        "secrets": given_secrets(of, secrets or [], asking=False),
        "every_seconds": every,
        "enabled": on,
    }
    if not any(value or value is False for value in given.values()):
        raise TerminalError("There is nothing to change.", advice="Give --set, --secret, --every, --on or --off.")
    show_connections([ask("crm_change", name=name, by=_by(), **given)], as_json, one=True)


@crm.command(name="list")
def list_connections(as_json: bool = Json) -> None:
    """List connections with how they are."""
    show_connections(ask("crm_connections"), as_json)


@crm.command()
def status(name: str = OneOrAll, as_json: bool = Json) -> None:
    """Tell how connections are; the exit code is 1 when one needs somebody or is in trouble."""
    found = [ask("crm_connection", name=name)] if name else ask("crm_status")["connections"]
    unwell = [each for each in found if each["health"] in {"stopped", "trouble", "waiting"}]
    if as_json:
        print_json({"ok": not unwell, "connections": found})
    else:
        show_connections(found, as_json=False)
        for each in unwell:
            console.print(f"{each['name']}: {each['words']} {each['advice']}".strip())
    if unwell:
        raise typer.Exit(1)


@crm.command(name="test")
def probe(name: str = Name, as_json: bool = Json) -> None:
    """Sign in to a CRM and say who we are there. Writes nothing."""
    tested = ask("crm_test", "Testing", name=name)
    if as_json:
        print_json(tested)
    else:
        _tell_test(tested)
    if not tested["ok"]:
        raise typer.Exit(1)


@crm.command()
def sync(
    name: str = OneOrAll,
    lead: str = typer.Option("", "--lead", help="Only this one: a number, user id or e-mail address."),
    as_json: bool = Json,
) -> None:
    """Run connections now, also one that waits or was stopped."""
    if lead:
        show_links(ask("crm_sync_lead", "Syncing", lead=lead, name=name, by=_by()), as_json)
        return
    runs_now = ask("crm_sync", "Syncing", name=name, by=_by())
    show_runs(runs_now, as_json)
    if any(run["state"] in {"failed", "stopped", "busy"} for run in runs_now):
        raise typer.Exit(1)


@crm.command()
def retry(
    name: str = Name,
    leads: list[str] = typer.Argument(None, help="Only these; left out: all that failed."),
    left_out: bool = typer.Option(False, "--left-out", help="Make records anew that were deleted or merged there."),
    as_json: bool = Json,
) -> None:
    """Let what failed be sent again by the next run."""
    told = ask("crm_retry", name=name, leads=leads or [], left_out=left_out, by=_by())
    if as_json:
        print_json(told)
    else:
        console.print(f"{told['retried']} will be sent again by the next run.")


@crm.command()
def diff(
    name: str = Name,
    leads: list[str] = typer.Argument(None, help="Only these; left out: whoever would be synced."),
    limit: int = Limit,
    as_json: bool = Json,
) -> None:
    """Show what a run would write now, field by field, and why not the rest. Writes nothing."""
    told = ask("crm_diff", "Comparing", name=name, leads=leads or [], limit=limit)
    if as_json:
        print_json(told)
        return
    for each in told["differences"]:
        crm_mapping.show_difference(each)
    if not told["differences"]:
        console.print("Nothing would be sent.")
    words = {
        "to_create": "to be made",
        "to_update": "to be changed",
        "unchanged": "as they are",
        "left_out": "left out",
    }
    counts = ", ".join(f"{told['totals'][name]} {word}" for name, word in words.items())
    console.print(f"Looked at {told['looked_at']} of {told['leads']} leads: {counts}.")


@crm.command()
def backfill(name: str = Name, as_json: bool = Json) -> None:
    """Look at every lead whatever was sent before, and send what differs. Ctrl-C stops it; what was sent stays."""
    result = carry_out("crm_backfill", {"connection": name, "by": _by()}, _by(), "Sending")
    if as_json:
        print_json(result)
    else:
        show_runs([result], as_json=False)


@crm.command()
def runs(name: str = OneOrAll, limit: int = Limit, as_json: bool = Json) -> None:
    """List runs, the newest first."""
    show_runs(ask("crm_runs", name=name, limit=limit), as_json)


@crm.command()
def failed(name: str = OneOrAll, limit: int = Limit, as_json: bool = Json) -> None:
    """List leads that a CRM refused, with its words and what to do."""
    show_links(ask("crm_failed", name=name, limit=limit), as_json)


@crm.command()
def lead(who: str = typer.Argument(help="A number, user id or e-mail address."), as_json: bool = Json) -> None:
    """Show what each CRM has of one lead."""
    show_links(ask("crm_lead", lead=who), as_json)


@crm.command()
def remove(
    name: str = Name,
    yes: bool = typer.Option(False, "--yes", help="Do not ask."),
    as_json: bool = Json,
) -> None:
    """Remove a connection with all that is known of its records. In the CRM everything stays as it is."""
    if not yes:
        typer.confirm(f"Remove {name}? Connected anew, it finds its records by their Leadline ID.", abort=True)
    gone = ask("crm_remove", name=name, by=_by())
    if as_json:
        print_json(gone)
    else:
        console.print(f"Removed {name}. {gone['counts']['linked']} records stay in the CRM.")


def _kind(name: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = ask("crm_kinds")
    for kind in found:
        if kind["name"] == name:
            return kind
    names = ", ".join(kind["name"] for kind in found)
    raise TerminalError(f"There is no CRM of the kind {name!r}.", advice=f"Give --kind, one of: {names}.")


def _kind_row(kind: dict[str, Any]) -> list[str]:
    plain = [_setting(each) for each in kind["settings"] if not each["secret"]]
    sealed = [_setting(each) for each in kind["settings"] if each["secret"]]
    return [kind["name"], kind["label"], ", ".join(plain), ", ".join(sealed), kind["guide"]]


def _setting(each: dict[str, Any]) -> str:
    return each["name"] if each["required"] else f"[{each['name']}]"


def _by() -> str:
    return f"cli:{getpass.getuser()}"


def _tell_test(tested: dict[str, Any]) -> None:
    if not tested["ok"]:
        console.print(f"{tested['connection']} does not work: {tested['message']} {tested['advice']}".strip())
        return
    product = f"{tested['product']} {tested['version']}".strip()
    user = f"as {tested['user']}" if tested["user"] else ""
    console.print(f"{tested['connection']} works: {', '.join(filter(None, (product, tested['account'], user)))}.")
    for note in tested["notes"]:
        console.print(f"  {note}")


def _tell_next(name: str, ok: bool, off: bool) -> None:
    if not ok:
        console.print(f"It is kept, and off. Mend it: leadline crm change {name} --set ..., then --on.")
    elif off:
        console.print(f"See what would be sent: leadline crm diff {name}. Then: leadline crm change {name} --on")
    else:
        console.print(
            f"Missing fields: leadline crm mapping check {name}. What would be sent: leadline crm diff {name}"
        )
