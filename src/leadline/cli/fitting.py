"""Rows that fit the terminal: no word is cut; what is too wide for a table is printed one row after the other."""

from collections.abc import Collection, Sequence

from rich.table import Table

from leadline.cli.session import console

BORDER = 3
"""What a column takes besides its text; a table has one more at its right edge."""
FOLDED = 16


def print_rows(headings: Sequence[str], rows: Sequence[Sequence[str]], folded: Collection[str] = ()) -> None:
    """Print a table, or each row as its first cell with the others below it.

    Args:
        headings: of the columns, as many as each row has cells.
        folded: headings of the columns whose long words may be broken: addresses, sentences without end.
    """
    columns = [[row[place] for row in rows] for place in range(len(headings))]
    least = [
        _least_width(heading, cells, broken=heading in folded) for heading, cells in zip(headings, columns, strict=True)
    ]
    if fits(least):
        console.print(_table(headings, rows, widened(least, list(map(_full_width, headings, columns)))))
        return
    for row in rows:
        console.print(row[0])
        for line in _below(headings[1:], row[1:]):
            console.print(f"  {line}")


def fits(widths: Sequence[int]) -> bool:
    """Whether a table with columns that are at least so wide fits the terminal."""
    return _spare(widths) >= 0


def widened(least: Sequence[int], full: Sequence[int]) -> list[int]:
    """The widths of columns that together fill the terminal and no more: each gets what its text takes in one line as
    far as there is room, those that need little first. Rich's own way of narrowing goes below the least widths.

    Args:
        least: what `fits`; full: what each takes unbroken.
    """
    widths, spare = list(least), _spare(least)
    wants = sorted((max(0, whole - few), place) for place, (few, whole) in enumerate(zip(least, full, strict=True)))
    for left, (want, place) in zip(range(len(wants), 0, -1), wants, strict=True):
        given = min(want, spare // left)
        widths[place] += given
        spare -= given
    return widths


def _below(headings: Sequence[str], cells: Sequence[str]) -> list[str]:
    """A row's other cells with their names: in one line where that can be read, else one below the other."""
    told = [f"{heading}: {cell}" for heading, cell in zip(headings, cells, strict=True) if cell]
    plain = not any(sign in cell for cell in cells for sign in (",", "\n", ". "))
    return [", ".join(told)] if plain else told


def _spare(widths: Sequence[int]) -> int:
    return console.width - sum(widths) - BORDER * len(widths) - 1


def _full_width(heading: str, cells: Sequence[str]) -> int:
    return max(len(line) for text in (heading, *cells) for line in [*text.splitlines(), ""])


def _least_width(heading: str, cells: Sequence[str], *, broken: bool) -> int:
    words = [*heading.split(), ""]
    longest = max((len(word) for cell in cells for word in cell.split()), default=0)
    return max(*map(len, words), min(longest, FOLDED) if broken else longest)


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> Table:
    table = Table()
    for heading, width in zip(headings, widths, strict=True):
        table.add_column(heading, width=width, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table
