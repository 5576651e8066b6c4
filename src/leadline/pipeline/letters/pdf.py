"""A board as PDF, set by typst from board.typ and a JSON file with every word in it."""

import json
import tempfile
from pathlib import Path
from typing import Any

from leadline.analytics.report import ChartWish, Figure, Report, Table
from leadline.analytics.written import NUMBERS, change_words, tone, write
from leadline.pipeline.letters.boards import BoardAnswer, Pinned
from leadline.pipeline.reports.drawing import draw

TEMPLATE = Path(__file__).with_name("board.typ")
MOST_ROWS = 40
"""Of a table in print; the whole one is attached to the mail."""
MOST_COLUMNS = 7


def board_pdf(answer: BoardAnswer) -> bytes:
    """The document: title, period, figures, charts, tables, definitions, annotations, numbered pages."""
    import typst  # loaded by the few who want it

    with tempfile.TemporaryDirectory(prefix="leadline-pdf-") as name:
        folder = Path(name)
        reports = [_report(pin, answer, folder, place) for place, pin in enumerate(answer.pins)]
        told = {
            "title": answer.title,
            "made": answer.made,
            "subtitle": f"As of {answer.made}.",
            "reports": reports,
            "annotations": [{"day": day, "text": text} for day, text in answer.annotations] if reports else [],
            "left_out": answer.left_out_words,
        }
        (folder / "board.json").write_text(json.dumps(told))
        (folder / TEMPLATE.name).write_text(TEMPLATE.read_text())
        return bytes(typst.compile(str(folder / TEMPLATE.name), root=name, format="pdf"))


def _report(pin: Pinned, answer: BoardAnswer, folder: Path, place: int) -> dict[str, Any]:
    report = pin.report
    if report is None:
        empty: dict[str, Any] = {"period": "", "figures": [], "charts": [], "tables": [], "notes": []}
        return {**empty, "title": pin.title, "definition": f"This report could not be made: {pin.trouble}"}
    return {
        "title": pin.title,
        "period": pin.period,
        "definition": report.definition,
        "figures": [_figure(each, report.currency) for each in report.figures],
        "charts": [_chart(report, wish, answer, folder, f"{place}-{n}") for n, wish in enumerate(report.charts)],
        "tables": [_table(each, report.currency) for each in report.tables if each.rows],
        "notes": list(report.notes),
    }


def _figure(figure: Figure, currency: str) -> dict[str, str]:
    value = write(figure.value, figure.kind, currency)
    return {"label": figure.label, "value": value, "change": change_words(figure), "tone": tone(figure)}


def _chart(report: Report, wish: ChartWish, answer: BoardAnswer, folder: Path, name: str) -> dict[str, str]:
    """Drawn as PDF: unlike SVG it has its fonts in it."""
    file = f"chart-{name}.pdf"
    (folder / file).write_bytes(drawn(report, wish, answer.annotations, "pdf"))
    return {"file": file, "title": wish.title or report.question}


def drawn(report: Report, wish: ChartWish, annotations: tuple[tuple[str, str], ...], form: str) -> bytes:
    """A chart as it is in print and mail: light, with its title."""
    from leadline.analytics.charts import chart  # Altair takes a third of a second to load

    return draw(chart(report, wish, "light", annotations=annotations, titled=True), form)


def _table(table: Table, currency: str) -> dict[str, Any]:
    columns = table.columns[:MOST_COLUMNS]
    return {
        "title": table.title or table.name,
        "headings": [{"label": column.label, "number": column.kind in NUMBERS} for column in columns],
        "rows": [
            [write(value, kind, currency) for value, kind in zip(row[:MOST_COLUMNS], table.kinds(place), strict=False)]
            for place, row in enumerate(table.rows[:MOST_ROWS])
        ],
        "note": cut_words(table),
    }


def is_cut(table: Table) -> bool:
    """Whether print does not show all of it."""
    return len(table.rows) > MOST_ROWS or len(table.columns) > MOST_COLUMNS


def cut_words(table: Table) -> str:
    """A table's note, and what of it is not in print."""
    cut = ""
    if len(table.rows) > MOST_ROWS:
        cut = f"The first {MOST_ROWS} of {len(table.rows):,} rows; the whole table is in its CSV."
    elif len(table.columns) > MOST_COLUMNS:
        cut = f"{MOST_COLUMNS} of {len(table.columns)} columns; the whole table is in its CSV."
    return f"{table.note} {cut}".strip()
