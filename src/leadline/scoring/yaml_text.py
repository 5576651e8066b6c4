"""YAML text to plain values: the safe loader, with repeated keys as an error instead of the last one winning.

What nobody writes by hand is refused before it costs time or memory: texts too long, nested too deep, or growing
beyond measure by aliases.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from leadline.kernel.errors import DocumentError

MOST_CHARACTERS = 1_000_000
MOST_DEPTH = 40
MOST_ENTRIES = 30_000
"""Keys, values and items, counted as often as aliases repeat them."""
MERGE = "tag:yaml.org,2002:merge"
TEXT = "tag:yaml.org,2002:str"
TIMESTAMP = "tag:yaml.org,2002:timestamp"


class _StrictLoader(yaml.SafeLoader):
    """The safe loader; a key that stands twice in one mapping is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """One mapping, its keys checked for repeats."""
        seen: set[object] = set()
        for key_node, _ in node.value:
            self._refuse_repeat(key_node, seen)
        return super().construct_mapping(node, deep=deep)

    def _refuse_repeat(self, node: yaml.Node, seen: set[object]) -> None:
        if not isinstance(node, yaml.ScalarNode):
            raise yaml.constructor.ConstructorError(None, None, "a key must be plain text", node.start_mark)
        if node.value in seen:
            raise yaml.constructor.ConstructorError(None, None, f"the key {node.value!r} is repeated", node.start_mark)
        seen.add(node.value)


class _PlainLoader(_StrictLoader):
    """The strict loader; keys are text as written, and so are dates: what JSON can say too."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != TIMESTAMP]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """One mapping, whatever its keys look like."""
        for key_node, _ in node.value:
            if isinstance(key_node, yaml.ScalarNode) and key_node.tag != MERGE:
                key_node.tag = TEXT
        return super().construct_mapping(node, deep=deep)


@dataclass(frozen=True, slots=True)
class Marked:
    """A document as plain values, and where each entry of it stands.

    Attributes:
        lines: path -> line, counted from 1. Paths are keys joined by dots, items in brackets:
            `stages.qualified.needs[0]`.
    """

    values: object
    lines: Mapping[str, int]

    def line_of(self, path: str) -> int | None:
        """The line of a path, or of the nearest entry around it that is there."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path)


def parse_yaml(text: str) -> object:
    """The document as plain values.

    Raises:
        DocumentError: it is not YAML, or a key is repeated; the message names the line.
    """
    return _read(text, _StrictLoader)[0]


def mark_yaml(text: str) -> Marked:
    """The document as plain values that JSON can hold, with its lines.

    Raises:
        DocumentError: as `parse_yaml`.
    """
    values, root = _read(text, _PlainLoader)
    return Marked(values, {path: node.start_mark.line + 1 for path, node, _ in entries_of(root)})


def compose(text: str) -> yaml.Node | None:
    """The document as YAML's nodes, which know their place in the text.

    Raises:
        DocumentError: as `parse_yaml`.
    """
    return _read(text, _PlainLoader)[1]


def entries_of(root: yaml.Node | None) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
    """Each entry below a node: its path, the node that begins it (a key, or an item itself), and its value."""
    if root is not None:
        yield from _entries("", root)


def _entries(path: str, node: yaml.Node) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = f"{path}.{key.value}" if path else str(key.value)
            yield inner, key, value
            yield from _entries(inner, value)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield f"{path}[{number}]", item, item
            yield from _entries(f"{path}[{number}]", item)


def _read(text: str, kind: type[_StrictLoader]) -> tuple[object, yaml.Node | None]:
    if len(text) > MOST_CHARACTERS:
        raise DocumentError(f"This text has {len(text)} characters; at most {MOST_CHARACTERS} are read.")
    try:
        loader = kind(text)
        _check_extent(text)
        root = loader.get_single_node()
        _check_growth(root)
        return (loader.construct_document(root) if root is not None else None), root
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise DocumentError(f"{line}{error.problem}.", advice=_advice(error, text)) from None
    except yaml.reader.ReaderError as error:
        number = text.count("\n", 0, error.position) + 1
        raise DocumentError(f"line {number}: this is not YAML: a character that no text has.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # such as a date with a 13th month
        raise DocumentError(f"This is not YAML: {error}.") from None


def _advice(error: yaml.MarkedYAMLError, text: str) -> str:
    """What to do about the mistake that everybody makes once."""
    if error.problem_mark is None:
        return ""
    at_fault = text.split("\n")[error.problem_mark.line :][:1]
    return "Indent with spaces: YAML takes no tabs." if at_fault and at_fault[0].lstrip(" ").startswith("\t") else ""


def _check_extent(text: str) -> None:
    """How deep and how long, before anything is built: a pass over the events is quick."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MOST_DEPTH:
            raise _too_much(f"nested more than {MOST_DEPTH} deep", event.start_mark)
        if number > 2 * MOST_ENTRIES:
            raise _too_much(f"more than {MOST_ENTRIES} entries", event.start_mark)


def _too_much(problem: str, mark: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=mark)


def _check_growth(root: yaml.Node | None) -> None:
    """Aliases may not make the document endless, or greater than `MOST_ENTRIES`."""
    sizes: dict[int, int] = {}
    if root is not None and _size(root, sizes, ()) > MOST_ENTRIES:
        raise _too_much(f"more than {MOST_ENTRIES} entries", root.start_mark)


def _size(node: yaml.Node, sizes: dict[int, int], around: tuple[int, ...]) -> int:
    """How many nodes one stands for, each alias counted in full."""
    if isinstance(node, yaml.ScalarNode):
        return 1
    if id(node) in around:
        raise _too_much("this entry contains itself", node.start_mark)
    if id(node) not in sizes:
        inner = (*around, id(node))
        parts = node.value if isinstance(node, yaml.SequenceNode) else [part for pair in node.value for part in pair]
        sizes[id(node)] = 1 + sum(_size(part, sizes, inner) for part in parts)
    return sizes[id(node)]
