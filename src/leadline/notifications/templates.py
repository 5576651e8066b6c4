"""Templates of messages: plain text in which `{name}` stands for a value. Pure.

The first line is the subject. Nothing but known names in braces is replaced: there are no attributes, no indexes and no
formats, so that a template can reach nothing that it was not given. A brace itself is written twice.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from leadline.kernel.errors import DocumentError

TOKEN = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}]*)\}|[{}]")
LONGEST = 2_000
LONGEST_SUBJECT = 200
LONGEST_VALUE = 300
CALLS = re.compile(r"@(?=(?:everyone|here|channel|all)\b)|(?<=<)(?=[!@#])", re.IGNORECASE)
"""What makes chat services call everybody."""
UNSEEN = "\N{WORD JOINER}"


@dataclass(frozen=True, slots=True)
class Message:
    """A subject of one line, and a text."""

    subject: str
    body: str


def check_template(text: str, names: Collection[str]) -> str:
    """A template as it is kept; an empty one stands for the trigger's own.

    Raises:
        DocumentError: it is too long, or has a name or a brace that means nothing.
    """
    text = text.replace("\r\n", "\n").strip()
    if len(text) > LONGEST:
        raise DocumentError(f"The template has {len(text)} characters.", advice=f"{LONGEST} at most.")
    for found in TOKEN.finditer(text):
        _check_token(found, names)
    return text


def fill(template: str, values: Mapping[str, str]) -> Message:
    """A message of a template that was checked. A name without a value leaves nothing, nor does a line without any."""
    tamed = {name: tame(value) for name, value in values.items()}
    subject, *rest = [TOKEN.sub(lambda found: _put(found, tamed), line).rstrip() for line in template.split("\n")]
    body = [line for line, asked in zip(rest, template.split("\n")[1:], strict=True) if line or not asked.strip()]
    return Message(" ".join(subject.split())[:LONGEST_SUBJECT], "\n".join(body).strip())


def tame(value: str) -> str:
    """A value as one line of printable text that calls nobody: names and reasons come from strangers."""
    text = "".join(each if each.isprintable() else " " for each in value)
    return CALLS.sub(lambda found: f"{found[0]}{UNSEEN}", " ".join(text.split()))[:LONGEST_VALUE]


def _check_token(found: re.Match[str], names: Collection[str]) -> None:
    name = found["name"]
    if name is None and found[0] in ("{{", "}}"):
        return
    if name is None:
        raise DocumentError(f"The template has a lone {found[0]!r}.", advice="Write it twice to have one.")
    if name not in names:
        advice = f"There are: {', '.join(f'{{{each}}}' for each in names)}."
        raise DocumentError(f"The template asks for {{{name[:40]}}}, which is not known.", advice=advice)


def _put(found: re.Match[str], values: Mapping[str, str]) -> str:
    return found[0][0] if found["name"] is None else values.get(found["name"], "")
