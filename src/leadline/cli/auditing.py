"""Commands in the audit trail: who works on the command line sees and changes as much as anybody on a page.

A command is recorded once, when it ends, by its name and exit code, with the lead or the subject request that it was
about and how many rows it gave; nothing else of what was typed. Those that show nobody and change nothing are left out.
"""

import os
from collections.abc import Iterable, Mapping
from contextlib import nullcontext, suppress
from typing import Any

from leadline.accounts import audit_verbs as verbs

QUIET = frozenset(
    """
    serve collect status doctor accounts analytics audit sources.list keys.list keys.status tokens.list events.count
    plan traffic.list team.list rules.list rules.drafts rules.show rules.validate rules.diff rules.schema
    rules.backtests rules.suggest channels.show spend.show rates.show alerts.list alerts.preview reports.list
    notify.channels notify.log notify.rules notify.preview crm.kinds crm.list crm.status crm.test crm.runs
    crm.mapping.show crm.mapping.schema crm.mapping.check backup.verify restore privacy.kinds privacy.documents
    """.split()
)
"""By their whole names, with dots; a group's name stands for all in it. `audit` records itself."""
VERBS: Mapping[str, frozenset[str]] = {
    verbs.LEAD_SEEN: frozenset(
        {"explain", "forecast", "whatif", "score", "identities.list", "crm.lead", "crm.mapping.preview"}
    ),
    verbs.PEOPLE_LISTED: frozenset(
        {"leads", "leads.events", "crm.diff", "crm.failed", "identities.warnings", "privacy.find"}
    ),
    verbs.MESSAGE_SEEN: frozenset({"quarantine.list", "quarantine.show"}),
    verbs.EXPORTED: frozenset({"export", "backup", "backup.create"}),
    verbs.KEY_MADE: frozenset({"keys.create"}),
    verbs.KEY_REVOKED: frozenset({"keys.revoke"}),
    verbs.KEYS_ROTATED: frozenset({"keys.rotate", "keys.retire"}),
    verbs.TOKEN_MADE: frozenset({"tokens.create"}),
    verbs.TOKEN_REVOKED: frozenset({"tokens.revoke"}),
    verbs.USER_CHANGED: frozenset({"users.create", "users.password"}),
    verbs.REQUEST_SEEN: frozenset({"privacy.request.show"}),
    verbs.REQUEST_CHANGED: frozenset(
        f"privacy.request.{act}" for act in ("new", "verify", "carry-out", "archive", "hand-over", "refuse", "extend")
    ),
    verbs.CONNECTION_CHANGED: frozenset({"crm.connect", "crm.change", "crm.remove", "crm.mapping.set"}),
}
"""Commands with a word of their own; the others "ran a command"."""

_told: dict[str, Any] = {}


def tell(arguments: dict[str, Any], result: Any) -> None:
    """What a command asked the pipeline, and what it was answered."""
    if lead := arguments.get("lead"):
        _told["lead"] = str(lead)
    if isinstance(result, dict) and isinstance(request := result.get("request"), int):
        _told["request"] = request
    if isinstance(result, list):
        _told["rows"] = len(result)
    elif isinstance(result, dict) and isinstance(result.get("rows"), int):
        _told["rows"] = result["rows"]


def command_name(command: Any, words: Iterable[str]) -> str:
    """The whole name of the command that was called, with dots: "crm.sync"."""
    names = []
    for word in words:
        if word not in getattr(command, "commands", {}):
            break
        command = command.commands[word]
        names.append(word)
    return ".".join(names)


def is_quiet(name: str) -> bool:
    """Whether a command is left out."""
    parts = name.split(".")
    return any(".".join(parts[:length]) in QUIET for length in range(1, len(parts) + 1))


def record_command(name: str, code: int) -> None:
    """Have a command that ended recorded."""
    from leadline.accounts.audit import NOTHING, Via, What, Who, record
    from leadline.kernel.clock import utc_now

    told = dict(_told)
    _told.clear()
    numbers: dict[str, int | str] = {"command": name, "exit": code, "uid": os.getuid()}
    if "rows" in told and code == 0:
        numbers["rows"] = told["rows"]
    verb = next((verb for verb, commands in VERBS.items() if name in commands), verbs.COMMAND_RUN)
    lead = _lead(told["lead"]) if "lead" in told else None
    request = What("request", told["request"]) if "request" in told else NOTHING
    record(Who(via=Via.CLI), verb, What("lead", lead) if lead else request, numbers, utc_now())


def _lead(text: str) -> int | None:
    from leadline.kernel.errors import NotFoundError
    from leadline.pipeline.finding import find_lead

    try:
        return find_lead(text).pk
    except NotFoundError:
        return None


def record_ended(command: Any, words: list[str], code: int) -> None:
    """Record the command that ended, unless it is quiet or never came to the data.

    A command that failed is recorded where it can be: its own error says more than one about the trail.
    """
    from leadline.cli.session import start_django

    name = command_name(command, words) if start_django.cache_info().currsize else ""
    if not name or is_quiet(name):
        _told.clear()
        return
    with suppress(Exception) if code else nullcontext():
        record_command(name, code)
