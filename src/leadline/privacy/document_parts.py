"""Documents as parts, written as Markdown and as HTML from one description. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

STYLE = """:root { color-scheme: light dark; --ink: #1c2430; --line: #d9dee5; --page: #fff; --raised: #f5f7f9; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6eaf0; --line: #36404d; --page: #14181e; --raised: #1c222a; }
}
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 4rem; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.75rem; line-height: 1.2; } h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; }
p, li { max-width: 44rem; }
.table { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { padding: .375rem .625rem; text-align: left; vertical-align: top; min-width: 6rem; }
th { background: var(--raised); font-weight: 600; } td { border-top: 1px solid var(--line); }
@media (max-width: 40rem) {
  thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  tr, td { display: block; } tr { border-top: 1px solid var(--line); }
  td { border: 0; padding: .125rem .625rem; } td:first-child { font-weight: 600; }
  td + td::before { content: attr(data-label) ": "; font-weight: 600; }
}"""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside the document."""

    text: str

    def markdown(self) -> str:
        """As Markdown."""
        return f"## {self.text}"

    def html(self) -> str:
        """As HTML."""
        return f"<h2>{escape(self.text)}</h2>"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    text: str

    def markdown(self) -> str:
        """As Markdown."""
        return _marked(self.text)

    def html(self) -> str:
        """As HTML."""
        return f"<p>{escape(self.text)}</p>"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]

    def markdown(self) -> str:
        """As Markdown."""
        return "\n".join(f"- {_marked(item)}" for item in self.items)

    def html(self) -> str:
        """As HTML."""
        return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in self.items) + "</ul>"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. Where there is little room a row is a block of lines, each after its column."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        """As Markdown."""
        lines = [self.columns, ("---",) * len(self.columns), *self.rows]
        return "\n".join(f"| {' | '.join(_cell(text) for text in line)} |" for line in lines)

    def html(self) -> str:
        """As HTML."""
        heads = "".join(f'<th scope="col">{escape(column)}</th>' for column in self.columns)
        rows = "".join(f"<tr>{self._cells(row)}</tr>" for row in self.rows)
        room = f'<div class="table" tabindex="0" role="group" aria-label="{escape(", ".join(self.columns))}">'
        return f"{room}<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"

    def _cells(self, row: tuple[str, ...]) -> str:
        named = zip(self.columns, row, strict=True)
        return "".join(f'<td data-label="{escape(column)}">{escape(text)}</td>' for column, text in named)


Part = Heading | Paragraph | Bullets | Grid


@dataclass(frozen=True, slots=True)
class Document:
    """One document.

    Attributes:
        name: of its files, without an ending.
        about: what it is for, in a sentence.
    """

    name: str
    title: str
    about: str
    parts: Sequence[Part]

    def markdown(self) -> str:
        """The whole document as Markdown."""
        body = "\n\n".join(part.markdown() for part in self.parts)
        return f"# {self.title}\n\n{body}\n"

    def html(self) -> str:
        """What stands inside the body of a page, below the title."""
        return "\n".join(part.html() for part in self.parts)

    def page(self) -> str:
        """A page of its own, without scripts."""
        head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        title = escape(self.title)
        return (
            f'<!doctype html>\n<html lang="en"><head>{head}<title>{title}</title><style>\n{STYLE}\n</style></head>\n'
            f"<body><main><h1>{title}</h1>\n{self.html()}\n</main></body></html>\n"
        )


def _marked(text: str) -> str:
    """A text that Markdown takes for no more than text."""
    return "".join(f"\\{sign}" if sign in "\\`*_<>[]|" else sign for sign in text)


def _cell(text: str) -> str:
    return _marked(" ".join(text.split())) or " "
