"""What the draft editor's form says. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DraftForm:
    """The form as it was typed. `was`: the hash of the document that the editor began with."""

    name: str = ""
    note: str = ""
    document: str = ""
    was: str = ""
    base: int | None = None

    @classmethod
    def of(cls, post: Mapping[str, str]) -> "DraftForm":
        """Of a request. Browsers send a text area's lines with CR and LF; documents have LF."""
        base = post.get("base", "")
        return cls(
            name=post.get("name", "").strip(),
            note=post.get("note", "").strip(),
            document=unix_lines(post.get("document", "")),
            was=post.get("was", ""),
            base=int(base) if base.isascii() and base.isdecimal() and len(base) < 10 else None,
        )


def unix_lines(text: str) -> str:
    """A text with LF line ends and one at its end, so that a document's hash does not hang on the browser."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return lines if lines.endswith("\n") or not lines else f"{lines}\n"
