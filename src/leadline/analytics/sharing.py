"""What may be shown to whoever has a link: a report without anybody's name or number. Pure."""

from dataclasses import replace

from leadline.analytics.report import ChartWish, Report, Table, ValueKind

PERSONAL = frozenset({ValueKind.LEAD, ValueKind.ACCOUNT})
SHARED_WANTED = ("period", "grain", "zone")
"""Of what was asked, what a shared report says: a segment may name a person, a company or a seller."""


OF_SOME = "These are the numbers of some people only; which of them is not told here."


def without_people(report: Report) -> Report:
    """The report without personal tables, without columns of leads and accounts, and without the charts that draw
    them. That it is of a segment is said, not of which."""
    tables = tuple(_without(table) for table in report.tables if not table.personal)
    kept = tuple(table for table in tables if table.columns)
    known = {(table.name, column.name) for table in kept for column in table.columns}
    charts = tuple(wish for wish in report.charts if _columns(wish) <= known)
    wanted = {name: text for name, text in report.wanted.items() if name in SHARED_WANTED}
    told = tuple(note for note in report.notes if note not in report.personal_notes)
    notes = (*told, *((OF_SOME,) if report.wanted.get("segment") else ()))
    return replace(report, wanted=wanted, tables=kept, charts=charts, notes=notes, personal_notes=())


def _without(table: Table) -> Table:
    places = [place for place, column in enumerate(table.columns) if column.kind not in PERSONAL]
    columns = tuple(table.columns[place] for place in places)
    return replace(table, columns=columns, rows=tuple(tuple(row[place] for place in places) for row in table.rows))


def _columns(wish: ChartWish) -> set[tuple[str, str]]:
    return {(wish.table, name) for name in (wish.x, *wish.y, wish.series) if name}
