"""Records as tables: for CSV files, and for the page of an archive. Pure."""

import csv
import io
import json
import re
from collections.abc import Sequence
from typing import Any

from leadline.pipeline.exports.formats import FORMULA
from leadline.privacy.kinds import Record

_formula = re.compile(FORMULA)


def columns_of(records: Sequence[Record]) -> list[str]:
    """Every field that any of the records has, in the order in which they come up."""
    return list(dict.fromkeys(name for record in records for name in record))


def text_of(value: Any) -> str:
    """A value as people read it; what is nested as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def csv_of(records: Sequence[Record]) -> str:
    """A header and a line for each record. A text that a spreadsheet would take for a formula begins with an
    apostrophe (OWASP, CSV injection)."""
    columns = columns_of(records)
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows([_harmless(text_of(record.get(name))) for name in columns] for record in records)
    return file.getvalue()


def _harmless(text: str) -> str:
    return f"'{text}" if _formula.match(text) else text
