"""CRM connections, runs and rows in the words of the pages. Pure: what the commands told comes in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff
from typing import Any

from leadline.kernel.errors import DocumentError
from leadline.kernel.figures import counted
from leadline.scoring.yaml_text import mark_yaml

Told = Mapping[str, Any]
MOMENTS = ("closed_until", "at")
HEALTH = {
    "ok": ("Well", "good"),
    "new": ("New", ""),
    "working": ("At work", ""),
    "waiting": ("Waiting", "warn"),
    "trouble": ("Trouble", "warn"),
    "stopped": ("Stopped", "bad"),
    "off": ("Paused", "dashed"),
}
"""A word and a tone for each."""
STATES = {
    "failed": ("Failed", "Leads that the CRM refused. Nothing is tried again by itself before they change here."),
    "waiting": ("Waiting", "Leads that are tried again by themselves."),
    "left_out": ("Left out", "Leads whose record was deleted or merged there. They are never made anew by themselves."),
    "sent": ("In the CRM", "Leads that have a record there."),
}
"""Of leads in a CRM, in the order in which somebody should look at them: a name and what it means."""
RUN_KINDS = {"sync": "Sync", "backfill": "Backfill", "retry": "Retry"}
RUN_STATES = {
    "running": ("at work", ""),
    "ok": ("done", ""),
    "failed": ("failed; tried again by itself", "warn"),
    "stopped": ("stopped: somebody must act", "bad"),
    "cancelled": ("stopped by somebody", ""),
    "interrupted": ("cut off: Leadline was stopped", "warn"),
}
IDLE = "nothing to send"
COUNTS = (
    ("created", "made"),
    ("updated", "changed"),
    ("refused", "refused"),
    ("later", "put off"),
    ("gone", "gone there"),
    ("moved", "merged there"),
    ("pulled", "changed there"),
    ("events", "conversions told"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing about a mapping. `line`: where it stands, when that is known."""

    line: int | None
    path: str
    message: str
    advice: str
    level: str = "error"


def with_moments(told: Any) -> Any:
    """What a command told, with moments instead of their text."""
    if isinstance(told, Mapping):
        return {name: _moment(name, value) for name, value in told.items()}
    if isinstance(told, list):
        return [with_moments(each) for each in told]
    return told


def _moment(name: str, value: Any) -> Any:
    if isinstance(value, str) and (name.endswith("_at") or name in MOMENTS):
        return datetime.fromisoformat(value)
    return with_moments(value)


def shown_connection(told: Told) -> dict[str, Any]:
    """A connection with its health as a word and a tone, and advice that names no command."""
    word, tone = HEALTH.get(told["health"], (told["health"], ""))
    return {**with_moments(told), "word": word, "tone": tone, "do": _advice(told)}


def _advice(told: Told) -> str:
    """What the pages advise: the command line's advice names commands."""
    if told["health"] == "stopped":
        return "Mend it, then test the connection: that starts it again."
    if told["health"] == "trouble" and told["counts"]["failed"]:
        return "See what failed, mend it, and try again."
    return "" if "leadline " in told["advice"] else str(told["advice"])


def shown_run(told: Told) -> dict[str, Any]:
    """A run in words."""
    words, tone = RUN_STATES.get(told["state"], (told["state"], ""))
    return {
        **with_moments(told),
        "what": RUN_KINDS.get(told["kind"], told["kind"]),
        "words": words,
        "tone": tone,
        "did": count_words(told["counts"]),
    }


def folded_runs(runs: Iterable[Told]) -> list[dict[str, Any]]:
    """Runs in words, the newest first; those in a row that found nothing to do are one line with `times`."""
    lines: list[dict[str, Any]] = []
    for run in map(shown_run, runs):
        idle = run["state"] == "ok" and run["kind"] == "sync" and not run["by"] and run["did"] == IDLE
        if idle and lines and lines[-1]["idle"]:
            lines[-1]["times"] += 1
            lines[-1]["since_at"] = run["started_at"]
        else:
            lines.append({**run, "idle": idle, "times": 1, "since_at": run["started_at"]})
    return lines


def count_words(counts: Mapping[str, int]) -> str:
    """ "3 made, 12 changed"; "nothing to send" when nothing was done."""
    done = [f"{counts[name]:,} {words}" for name, words in COUNTS if counts.get(name)]
    return ", ".join(done) or IDLE


def sent_of(run: Told | None) -> int:
    """How many rows the last run sent."""
    return sum((run or {}).get("counts", {}).get(name, 0) for name in ("created", "updated"))


def shown_faults(text: str, problems: Iterable[Told]) -> list[Fault]:
    """Problems with the lines that they stand in."""
    try:
        line_of = mark_yaml(text).line_of
    except DocumentError:
        line_of = _nowhere
    return [
        Fault(each.get("line") or line_of(each["path"]), each["path"], each["message"], each["advice"], each["level"])
        for each in problems
    ]


def _nowhere(path: str) -> int | None:  # noqa: ARG001  # the signature of a marked document's
    return None


def changed_lines(before: str, after: str) -> list[tuple[str, str]]:
    """The lines that differ, each with " ", "-" or "+", and a line around them; nothing when none does."""
    lines = list(unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1))[2:]
    return [("@", "") if line.startswith("@@") else (line[0], line[1:]) for line in lines]


def action_words(difference: Told) -> str:
    """What would become of a lead's record: "Made there", "3 fields written", "Nothing written"."""
    written = sum(bool(field["write"]) for field in difference["fields"])
    if difference["action"] == "create":
        return f"Made there, with {counted(written, 'field')}"
    if difference["action"] == "update":
        return f"{counted(written, 'field')} written"
    return "Left out" if difference["action"] == "left_out" else "Nothing written"
