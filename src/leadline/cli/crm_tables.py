"""What `leadline crm` prints of connections, runs and leads."""

from typing import Any

from leadline.cli.fitting import print_rows
from leadline.cli.session import console, print_json

CONNECTIONS = ("Connection", "CRM", "How it is", "In the CRM", "Waiting", "Failed", "Last run")
RUNS = ("Run", "Connection", "Began (UTC)", "State", "Created", "Updated", "Refused", "Came back")
LINKS = ("Lead", "Name", "Connection", "State", "Status there", "Record", "What it said, and what to do")


def show_connections(rows: list[dict[str, Any]], as_json: bool, *, one: bool = False) -> None:
    """Connections with how they are."""
    if as_json:
        print_json(rows[0] if one else rows)
        return
    if not rows:
        console.print("There are no connections. Make one: leadline crm connect odoo")
        return
    print_rows(CONNECTIONS, [_connection(row) for row in rows])


def show_runs(rows: list[dict[str, Any]], as_json: bool) -> None:
    """Runs, the newest first, and below them what they said."""
    if as_json:
        print_json(rows)
        return
    print_rows(RUNS, [_run(row) for row in rows])
    for row in rows:
        if row["message"]:
            console.print(f"Run {row['number']}, {row['connection']}: {row['message']}", markup=False)


def show_links(rows: list[dict[str, Any]], as_json: bool) -> None:
    """What CRMs have of leads."""
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print("None.")
        return
    print_rows(LINKS, [_link(row) for row in rows], folded=("Record",))


def _connection(row: dict[str, Any]) -> list[str]:
    counts = [f"{row['counts'][each]:,}" for each in ("linked", "waiting", "failed")]
    return [row["name"], row["label"], row["health"], *counts, _moment(row["last_run_at"])]


def _run(row: dict[str, Any]) -> list[str]:
    counts = [str(row["counts"].get(each, 0)) for each in ("created", "updated", "refused", "pulled")]
    return [str(row["number"] or "-"), row["connection"], _moment(row["started_at"]), row["state"], *counts]


def _link(row: dict[str, Any]) -> list[str]:
    said = row["tombstone_words"] or f"{row['error']} {row['advice']}".strip()
    where = row["address"] or row["remote_id"]
    return [str(row["lead"]), row["name"], row["connection"], row["state"], row["status"], where, said]


def _moment(text: str | None) -> str:
    """ "2026-11-23 10:15:00" of a moment in UTC as JSON has it."""
    return (text or "-")[: len("2026-11-23T10:15:00")].replace("T", " ")
