"""What the draft editor's form says. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from leadline.kernel.typed_numbers import number_of
from leadline.scoring.factor_rows import EDITABLE, with_fields


@dataclass(frozen=True, slots=True)
class DraftForm:
    """The form as it was typed.

    Attributes:
        was: the hash of the document that the editor began with.
        typed: path -> text of each field of the factor rows; `shown`: what they said when they were drawn.
    """

    name: str = ""
    note: str = ""
    document: str = ""
    was: str = ""
    base: int | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, post: Mapping[str, str]) -> "DraftForm":
        """Of a request. Browsers send a text area's lines with CR and LF; documents have LF."""
        base = post.get("base", "")
        return cls(
            name=post.get("name", "").strip(),
            note=post.get("note", "").strip(),
            document=unix_lines(post.get("document", "")),
            was=post.get("was", ""),
            base=number_of(base),
            typed={name: text for name, text in post.items() if name.startswith(EDITABLE)},
            shown=_shown(post.get("shown", "")),
        )

    @property
    def has_typed(self) -> bool:
        """Whether a field says something else than it did when it was drawn."""
        return any(path in self.shown and text.strip() != self.shown[path] for path, text in self.typed.items())

    def edited(self) -> "DraftForm":
        """The form with what was typed into fields in its document.

        Raises:
            DocumentError: the document is not YAML, or an entry can not be changed in place.
        """
        return replace(self, document=with_fields(self.document, self.typed, self.shown), typed={}, shown={})


def _shown(text: str) -> dict[str, str]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return {str(path): str(value) for path, value in found.items()} if isinstance(found, dict) else {}


def unix_lines(text: str) -> str:
    """A text with LF line ends and one at its end, so that a document's hash does not hang on the browser."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return lines if lines.endswith("\n") or not lines else f"{lines}\n"
