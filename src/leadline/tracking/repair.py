"""Repairing a message: a few steps, each at one place inside its JSON. Pure; a message is never changed in place.

A place is a dotted path such as `properties.seats` or `properties.products.0.price` (a number counts items of a list
from 0). A dot inside a name is written `\\.`.
"""

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal, get_args

from leadline.kernel.errors import TerminalError

Kind = Literal["rename", "cast", "set", "remove"]
CastType = Literal["string", "number", "integer", "boolean"]
STEP_KINDS: tuple[str, ...] = get_args(Kind)
CAST_TYPES: tuple[str, ...] = get_args(CastType)
MOST_STEPS = 50
LONGEST_PATH = 500
PART = re.compile(r"((?:[^.\\]|\\.)+)(?:\.|$)")
TRUE, FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?")
WHOLE = re.compile(r"[+-]?\d{1,18}(?:\.0+)?")


class RepairError(TerminalError):
    """A step cannot be understood, or does not fit a message."""

    code = "invalid_repair"


@dataclass(frozen=True, slots=True)
class Step:
    """One change at `path`: `rename` moves what is there to the path in `to`; `cast` makes it the type in `to`; `set`
    puts `value` there, whatever was; `remove` takes it away, if it is there."""

    kind: Kind
    path: str
    to: str = ""
    value: Any = None

    def as_json(self) -> dict[str, Any]:
        """The step as it is kept and sent."""
        more = {"set": {"value": self.value}, "remove": {}}.get(self.kind, {"to": self.to})
        return {"do": self.kind, "path": self.path, **more}

    def __str__(self) -> str:
        words = {"rename": f"to {self.to}", "cast": f"to {self.to}", "set": f"to {self.value!r}", "remove": ""}
        return f"{self.kind} {self.path} {words[self.kind]}".strip()


def step_of(document: object) -> Step:
    """The inverse of `Step.as_json`.

    Raises:
        RepairError: it is none, says what is wrong.
    """
    if not isinstance(document, Mapping) or document.get("do") not in STEP_KINDS:
        raise RepairError(f"A step does one of {', '.join(STEP_KINDS)}.", advice='For example {"do": "remove", …}.')
    path, to = document.get("path"), document.get("to", "")
    if not isinstance(path, str) or not isinstance(to, str):
        raise RepairError(f"The step {document['do']} needs a path as text.", advice="Such as properties.seats.")
    return checked(Step(document["do"], path, to, document.get("value")))


def checked(step: Step) -> Step:
    """The step, if it can fit any message.

    Raises:
        RepairError: it cannot.
    """
    path_parts(step.path)
    if step.kind == "rename":
        path_parts(step.to)
        if step.to == step.path or step.to.startswith(f"{step.path}."):
            raise RepairError(f"{step.path} cannot be moved into itself.", advice="Give it another name.")
    if step.kind == "cast" and step.to not in CAST_TYPES:
        raise RepairError(f"{step.to!r} is no type to cast to.", advice=f"Use one of {', '.join(CAST_TYPES)}.")
    return step


def steps_of(documents: Sequence[object]) -> tuple[Step, ...]:
    """Steps from their JSON form.

    Raises:
        RepairError: one of them is none, or there are too many.
    """
    if len(documents) > MOST_STEPS:
        raise RepairError(f"A repair has at most {MOST_STEPS} steps.", advice="Repair in several passes.")
    return tuple(step_of(document) for document in documents)


def path_parts(path: str) -> list[str]:
    """The names in a path.

    Raises:
        RepairError: it is empty, or a name in it is.
    """
    parts = PART.findall(path) if len(path) <= LONGEST_PATH else []
    if not parts or sum(len(part) for part in parts) + len(parts) - 1 != len(path):
        raise RepairError(f"{path[:60]!r} is no path.", advice=r"Write names with dots between them: properties.seats.")
    return [re.sub(r"\\(.)", r"\1", part) for part in parts]


def apply(steps: Sequence[Step], message: Mapping[str, Any]) -> dict[str, Any]:
    """The message after the steps, in order.

    Raises:
        RepairError: a step does not fit it.
    """
    repaired = deepcopy(dict(message))
    for step in steps:
        _DO[step.kind](repaired, checked(step))
    return repaired


def _rename(message: dict[str, Any], step: Step) -> None:
    holder, key = _holder(message, step.path)
    if not _has(holder, key):
        raise _missing(step.path)
    if _has(*_holder(message, step.to, make=True)):
        raise RepairError(f"There is a {step.to} already.", advice=f"Remove {step.to} first, or remove {step.path}.")
    value = _take(holder, key)
    _put(*_holder(message, step.to, make=True), value, step.to)


def _cast(message: dict[str, Any], step: Step) -> None:
    holder, key = _holder(message, step.path)
    if not _has(holder, key):
        raise _missing(step.path)
    value = holder[_index(holder, key)]
    _put(holder, key, _as_type(value, step), step.path)


def _set(message: dict[str, Any], step: Step) -> None:
    holder, key = _holder(message, step.path, make=True)
    _put(holder, key, deepcopy(step.value), step.path)


def _remove(message: dict[str, Any], step: Step) -> None:
    try:
        holder, key = _holder(message, step.path)
    except RepairError:  # it is not there, which is what is wanted
        return
    if _has(holder, key):
        _take(holder, key)


_DO = {"rename": _rename, "cast": _cast, "set": _set, "remove": _remove}


def _holder(message: dict[str, Any], path: str, *, make: bool = False) -> tuple[Any, str]:
    """The object or list that holds the end of a path, and the last name; with `make`, missing objects are made."""
    *before, last = path_parts(path)
    holder: Any = message
    for number, name in enumerate(before, 1):
        if make and isinstance(holder, dict) and holder.get(name) is None:
            holder[name] = {}
        if not _has(holder, name):
            raise _missing(".".join(before[:number]))
        holder = holder[_index(holder, name)]
    if not isinstance(holder, dict | list):
        raise RepairError(f"{'.'.join(before)} holds no names: it is {holder!r:.40}.", advice="Set or rename it first.")
    return holder, last


def _has(holder: Any, key: str) -> bool:
    if isinstance(holder, dict):
        return key in holder
    return isinstance(holder, list) and key.isdecimal() and int(key) < len(holder)


def _index(holder: Any, key: str) -> Any:
    return int(key) if isinstance(holder, list) else key


def _take(holder: Any, key: str) -> Any:
    return holder.pop(_index(holder, key))


def _put(holder: Any, key: str, value: Any, path: str) -> None:
    if isinstance(holder, list) and key.isdecimal() and int(key) == len(holder):
        holder.append(value)
    elif isinstance(holder, list) and not _has(holder, key):
        raise RepairError(f"{path} is no place in a list of {len(holder)}.", advice="Use the next number, or less.")
    else:
        holder[_index(holder, key)] = value


def _as_type(value: Any, step: Step) -> Any:
    result = {"string": _string, "number": _number, "integer": _integer, "boolean": _boolean}[step.to](value)
    if result is None:
        raise RepairError(f"{step.path} is {value!r:.40}, which is no {step.to}.", advice="Set it, or remove it.")
    return result


def _string(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else None


def _number(value: Any) -> int | float | None:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float):
        return value
    text = value.strip().replace(",", "") if isinstance(value, str) else ""
    if WHOLE.fullmatch(text):
        return _integer(text)
    return float(text) if NUMBER.fullmatch(text) else None


def _integer(value: Any) -> int | None:
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    text = value.strip().replace(",", "") if isinstance(value, str) else ""
    return int(text.split(".")[0]) if WHOLE.fullmatch(text) else None


def _boolean(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower() if isinstance(value, str | int) else ""
    return True if word in TRUE else False if word in FALSE else None


def _missing(path: str) -> RepairError:
    return RepairError(f"There is no {path}.", advice="Check the spelling; the message shows what is there.")
