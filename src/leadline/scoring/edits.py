"""Changing single values inside the text of a ruleset, so that comments and layout stay: how drafts are suggested."""

from collections import Counter
from collections.abc import Mapping

import yaml

from leadline.kernel.errors import DocumentError
from leadline.scoring.faults import unknown
from leadline.scoring.yaml_text import MOST_CHARACTERS, compose, entries_of

Value = str | int | float | bool | None


def with_values(text: str, values: Mapping[str, Value]) -> str:
    """The text with some of its scalars changed, and nothing else.

    Args:
        values: path -> new value; paths as faults name them, such as `dimensions.engagement.weight`.

    Raises:
        DocumentError: the text is not YAML; or a path is not in it, is no scalar, or is shared by an alias.
    """
    return _with_values(text, compose(text), values)


def _with_values(text: str, root: yaml.Node | None, values: Mapping[str, Value]) -> str:
    spans = _spans(text, root)
    edits = sorted((_span(path, spans), _written(value)) for path, value in values.items())
    for (start, end), written in reversed(edits):
        text = text[:start] + written + text[end:]
    return text


def with_entries(text: str, values: Mapping[str, Value]) -> str:
    """The same, where an entry that is not in the text is added to the mapping that its path names, as its first one.

    Args:
        values: path -> new value; None for an entry that is not there adds nothing.

    Raises:
        DocumentError: as `with_values`; or the mapping is not there, is empty, or is shared by an alias.
    """
    root = compose(text)
    entries = {path: value for path, _, value in entries_of(root)}
    missing = {path: value for path, value in values.items() if path not in entries and value is not None}
    changed = _with_values(text, root, {path: value for path, value in values.items() if path in entries})
    for path, value in missing.items():
        changed = _with_entry(changed, path, value)
    return changed


def _with_entry(text: str, path: str, value: Value) -> str:
    """Before the first entry of the mapping: a comment behind that one stays behind it."""
    around, _, name = path.rpartition(".")
    found = [node for at, _, node in entries_of(compose(text)) if at == around]
    if not found or not isinstance(found[0], yaml.MappingNode) or not found[0].value:
        raise DocumentError(f"{path}: there is no place for it.", advice="Edit the document by hand.")
    first = found[0].value[0][0].start_mark
    parting = ", " if found[0].flow_style else "\n" + " " * first.column
    return f"{text[: first.index]}{name}: {_written(value)}{parting}{text[first.index :]}"


def _spans(text: str, root: yaml.Node | None) -> dict[str, tuple[int, int] | None]:
    """Where each entry's value stands in the text; None for what can not be changed in place."""
    found = [(path, value) for path, _, value in entries_of(root)]
    times = Counter(id(value) for _, value in found)
    return {path: _place(text, value) if times[id(value)] == 1 else None for path, value in found}


def _place(text: str, node: yaml.Node) -> tuple[int, int] | None:
    start, end = node.start_mark.index, node.end_mark.index
    if not isinstance(node, yaml.ScalarNode) or text[start : start + 1] in ("&", "!", "|", ">"):
        return None
    return start, end


def _span(path: str, spans: Mapping[str, tuple[int, int] | None]) -> tuple[int, int]:
    if path not in spans:
        raise unknown("", "entry", path, spans)
    if (span := spans[path]) is None:
        raise DocumentError(f"{path}: this is no single value of its own.", advice="Edit the document by hand.")
    if span[0] == span[1]:
        raise DocumentError(f"{path}: there is no value to change.", advice="Edit the document by hand.")
    return span


def _written(value: Value) -> str:
    """A scalar as YAML reads it back, on one line."""
    plain = int(value) if isinstance(value, float) and value.is_integer() else value
    style = '"' if isinstance(plain, str) else None
    told: str = yaml.safe_dump(plain, default_style=style, allow_unicode=True, width=MOST_CHARACTERS * 10)
    return told.removesuffix("\n").removesuffix("\n...")
