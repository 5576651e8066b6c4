"""The repair form: its rows as steps, and a repair as lines that changed. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from leadline.kernel.typed_numbers import number_of
from leadline.tracking.repair import MOST_STEPS, STEP_KINDS, RepairError, Step, checked

AROUND = 3
PATHS_OFFERED = 200
WORDS = {"rename": "Rename", "cast": "Change the type of", "set": "Set", "remove": "Remove"}
ADD, PREVIEW, REPLAY, DROP = "add", "preview", "replay", "drop"


@dataclass(frozen=True, slots=True)
class StepRow:
    """One row as it was typed."""

    do: str = "set"
    path: str = ""
    to: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.path.strip() or self.to.strip())

    def step(self) -> Step:
        """The step it means.

        Raises:
            RepairError: it means none.
        """
        path, to = self.path.strip(), self.to.strip()
        if self.do == "set":
            return checked(Step("set", path, value=_value(to)))
        if self.do not in STEP_KINDS:
            raise RepairError(f"{self.do!r} is no step.", advice=f"Choose one of {', '.join(STEP_KINDS)}.")
        return checked(Step(self.do, path, "" if self.do == "remove" else to))  # type: ignore[arg-type]  # checked above


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the JSON after a repair. `change` is "new", "gone", "same", or "cut" where lines are left out."""

    change: str
    text: str


def rows_of(dos: Sequence[str], paths: Sequence[str], tos: Sequence[str], act: str) -> list[StepRow]:
    """The rows of a form as they stand after a button: one more, one less, and always one to fill in."""
    rows = [StepRow(*each) for each in zip(dos, paths, tos, strict=False)][:MOST_STEPS]
    kind, _, place = act.partition(":")
    if kind == DROP and (number := number_of(place, MOST_STEPS)) is not None:
        rows = rows[:number] + rows[number + 1 :]
    if kind == ADD and len(rows) < MOST_STEPS:
        rows.append(StepRow())
    return rows or [StepRow()]


def steps_in(rows: Sequence[StepRow]) -> list[Step]:
    """The steps of the rows that are filled in.

    Raises:
        RepairError: one of them means nothing.
    """
    return [row.step() for row in rows if not row.is_empty]


def rows_from(documents: Sequence[Mapping[str, Any]]) -> list[StepRow]:
    """The rows that a kept repair was typed as."""
    return [StepRow(step["do"], step["path"], step.get("to") or _typed(step)) for step in documents] or [StepRow()]


def changed_lines(before: object, after: object) -> list[Line]:
    """What a repair changed in the JSON, with a few lines around each change."""
    old, new = pretty(before).splitlines(), pretty(after).splitlines()
    lines: list[Line] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += _same(old[i:j], at_start=i == 0, at_end=j == len(old))
        else:
            lines += [Line("gone", text) for text in old[i:j]] + [Line("new", text) for text in new[k:m]]
    return lines


def pretty(value: object) -> str:
    """JSON for people."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def paths_in(message: object) -> list[str]:
    """The paths in a message, for the form to offer."""
    return [path for path, _ in zip(_paths(message, ""), range(PATHS_OFFERED), strict=False)]


def _paths(value: object, before: str) -> Iterator[str]:
    named = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in named:
        path = f"{before}{str(name).replace('.', chr(92) + '.')}"
        yield path
        yield from _paths(inner, f"{path}.")


def _same(texts: Sequence[str], *, at_start: bool, at_end: bool) -> list[Line]:
    head = 0 if at_start else AROUND
    tail = 0 if at_end else AROUND
    if len(texts) <= head + tail + 1:
        return [Line("same", text) for text in texts]
    kept = [Line("same", text) for text in texts[:head]], [Line("same", text) for text in texts[len(texts) - tail :]]
    left = len(texts) - head - tail
    return [*kept[0], Line("cut", f"{left} lines as before"), *kept[1]]


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _typed(step: Mapping[str, Any]) -> str:
    value = step.get("value")
    if step["do"] != "set" or "value" not in step:
        return ""
    return value if isinstance(value, str) and _value(value) == value else json.dumps(value, ensure_ascii=False)
