"""Tracking plans as they are written down: YAML, the plans that come with Leadline, and what a plan includes."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from re import fullmatch

import msgspec
import yaml

from leadline.kernel.errors import ConfigurationError, DocumentError
from leadline.tracking.plan import Action, EventRule, PropertyRule, TrackingPlan

BUNDLED_NAME = r"[a-z0-9][a-z0-9-]*"


class PlanDocument(msgspec.Struct, forbid_unknown_fields=True):
    """A plan as it is written down. `version` is whatever its owner counts: 3, "2026-05"."""

    name: str
    events: dict[str, EventRule] | msgspec.UnsetType = msgspec.UNSET
    description: str = ""
    version: int | float | str = 1
    includes: tuple[str, ...] = ()
    unplanned: Action = "warn"
    extra_properties: Action = "warn"


def load_plan(text: str, find: Callable[[str], str] | None = None) -> TrackingPlan:
    """Read a plan from YAML, with the plans it includes. Its own events win over theirs, later ones over earlier.

    Args:
        find: gives the text of an included plan; left out: the plans that come with Leadline.

    Raises:
        DocumentError: it is not valid; the message names the path inside it.
    """
    document = _parse(text)
    events = _with_included(document, find or _bundled_text, (document.name,))
    return TrackingPlan(
        document.name,
        events,
        str(document.version),
        document.unplanned,
        document.extra_properties,
        document.description,
        document.includes,
    )


def bundled_plan(name_or_path: str) -> Path:
    """The file of a plan given as a path, or as the name of one that comes with Leadline."""
    places = (Path(name_or_path), *(folder / f"{name_or_path}.yaml" for folder in bundled_folders()))
    for place in places:
        if place.is_file():
            return place
    names = ", ".join(sorted({path.stem for folder in bundled_folders() for path in folder.glob("*.yaml")}))
    raise ConfigurationError(
        f"There is no tracking plan {name_or_path!r}.", advice=f"Give a YAML file, or one of {names}."
    )


def bundled_folders() -> Sequence[Path]:
    """Where the plans lie that come with Leadline: in the repository, or inside the installed package."""
    package = Path(__file__).parents[1]
    return (package.parents[1] / "plans", package / "plans")


def read_plan(path: Path) -> TrackingPlan:
    """`load_plan` from a file.

    Raises:
        DocumentError: it is not valid, or no text.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except ValueError as error:
        raise DocumentError(f"The tracking plan is invalid: {path} is no text in UTF-8.") from error
    return load_plan(text)


@lru_cache(maxsize=32)
def _parse(text: str) -> PlanDocument:
    """A text says the same whenever it is read, and each ruleset that is used reads its plan again (0.1 s)."""
    written: object = None
    try:
        written = yaml.safe_load(text)
        document = msgspec.convert(written, PlanDocument)
    except (yaml.YAMLError, ValueError, RecursionError, msgspec.ValidationError) as error:
        reason = " ".join(str(error).split())  # YAML's takes several lines
        raise DocumentError(f"The tracking plan is invalid: {reason}{_place(written)}") from error
    if document.events is msgspec.UNSET and not document.includes:
        raise DocumentError("The tracking plan is invalid: it has neither `events` nor `includes`.")
    return document


def _place(written: object) -> str:
    """The event and property of the first mistake: msgspec's path says only that it is in one of them."""
    events = written.get("events") if isinstance(written, dict) else None
    for event, rule in events.items() if isinstance(events, dict) else ():
        if _fits(rule, EventRule):
            continue
        properties = rule.get("properties") if isinstance(rule, dict) else None
        named = properties.items() if isinstance(properties, dict) else ()
        wrong = next((str(name) for name, each in named if not _fits(each, PropertyRule)), "")
        return f" (event {event!r}{f', property {wrong!r}' if wrong else ''})"
    return ""


def _fits(written: object, wanted: type) -> bool:
    try:
        msgspec.convert(written, wanted)
    except msgspec.ValidationError:
        return False
    return True


def _with_included(document: PlanDocument, find: Callable[[str], str], way: tuple[str, ...]) -> Mapping[str, EventRule]:
    events: dict[str, EventRule] = {}
    for name in document.includes:
        if name in way:
            raise DocumentError(f"The tracking plan is invalid: {' includes '.join((*way, name))}.")
        events |= _with_included(_parse(find(name)), find, (*way, name))
    return events if isinstance(document.events, msgspec.UnsetType) else events | document.events


def _bundled_text(name: str) -> str:
    for folder in bundled_folders() if fullmatch(BUNDLED_NAME, name) else ():
        path = folder / f"{name}.yaml"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise DocumentError(
        f"The tracking plan is invalid: it includes {name!r}, which is none of the plans that come with Leadline.",
        advice="Plans in files of your own can't be included: copy their events.",
    )
