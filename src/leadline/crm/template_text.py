"""The text of a template: words, {local field}, and [what is left out when a name in it is empty]. Pure.

A brace or bracket that is meant as such is written twice.
"""

import re
from collections.abc import Iterator

from leadline.crm.value_sources import Piece, Template

TOKEN = re.compile(r"\{\{|\}\}|\[\[|\]\]|\{([^{}]*)\}|[\[\]{}]|[^\[\]{}]+")
NAME = re.compile(r"[a-z][a-z0-9_.]*")


class TemplateError(Exception):
    """A template can't be read."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.advice = advice


def read_template(text: str) -> Template:
    """The template of a text. Whether its names exist is not looked at.

    Raises:
        TemplateError: a brace or bracket has no other half, or stands within another one.
    """
    tokens = TOKEN.finditer(text)
    return Template(tuple(_pieces(tokens, inside=False)), text)


def _pieces(tokens: "Iterator[re.Match[str]]", inside: bool) -> Iterator[Piece]:
    for found in tokens:
        part = found[0]
        if part == "[":
            if inside:
                raise TemplateError("brackets stand within brackets.", "Write [[ for a bracket as such.")
            yield Piece(optional=tuple(_pieces(tokens, inside=True)))
        elif part == "]":
            if not inside:
                raise _half(part)
            return
        else:
            yield _piece(part, found[1])
    if inside:
        raise _half("[")


def _piece(part: str, name: str | None) -> Piece:
    if part in ("{", "}"):
        raise _half(part)
    if name is None:
        return Piece(words=part[0] if part in ("{{", "}}", "[[", "]]") else part)
    if not NAME.fullmatch(name.strip()):
        raise TemplateError(
            f"{{{name}}} is no local field: nothing but a name stands in braces.",
            "Write it as {score}; for a date in words use date in an entry of its own.",
        )
    return Piece(name=name.strip())


def _half(part: str) -> TemplateError:
    return TemplateError(f"a {part!r} has no other half.", f"Write {part}{part} for one as such.")
