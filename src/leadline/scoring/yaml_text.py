"""YAML text to plain values: the safe loader, with repeated keys as an error instead of the last one winning."""

from collections.abc import Hashable
from typing import Any

import yaml

from leadline.kernel.errors import DocumentError


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


def parse_yaml(text: str) -> object:
    """The document as plain values.

    Raises:
        DocumentError: it is not YAML, or a key is repeated; the message names the line.
    """
    try:
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506  # _StrictLoader is a SafeLoader
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise DocumentError(f"{line}{error.problem}.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # such as a date with a 13th month
        raise DocumentError(f"This is not YAML: {error}.") from None
