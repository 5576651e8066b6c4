"""Whoever reads the files of a CSV drop: the last line of a lead counts, a conversion is there once by its key."""

import csv
import shutil
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path

from leadline.crm.connectors.csv_drop import KIND
from leadline.crm.connectors.csv_drop.connector import CONVERSIONS
from leadline.crm.connectors.csv_drop.tables import ID
from leadline.crm.records import RemoteRecord
from leadline.crm.testing.harness import Harness
from leadline.crm.testing.webhook import MAPPING

WITHOUT = ("change", "delete", "merge", "skew", "expire_token", "storm", "lose_answers", "refuse", "down")
AWAY = ".away"


class CSVDropHarness(Harness):
    """A folder, as the conformance suite uses it."""

    kind, mapping = KIND, MAPPING
    score_field, stage_field = "score", "stage"
    lacks = dict.fromkeys(WITHOUT, "nobody answers for a folder")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="leadline-csv-drop-"))
        self.settings = {"folder": str(self.folder)}

    def remove(self) -> None:
        """Take the folder away."""
        self.admit()
        shutil.rmtree(self.folder)

    @property
    def calls(self) -> int:
        """Files that were written."""
        return len(list(self.folder.rglob("*.csv")))

    def records(self) -> Sequence[RemoteRecord]:
        """Leads by the last line of each."""
        lines = {row[ID]: row for path in sorted(self.folder.glob("leads-*.csv")) for row in _rows(path)}
        return [
            RemoteRecord(key, "row", self.clock(), key, {name: text or None for name, text in row.items()})
            for key, row in lines.items()
        ]

    def told(self) -> Sequence[str]:
        """Keys of conversions."""
        return [row["key"] for path in (self.folder / CONVERSIONS).glob("*.csv") for row in _rows(path)]

    def refuse(self, external_ids: Collection[str]) -> None:
        """A file takes whatever is written."""

    def revoke(self) -> None:
        """The folder is moved away."""
        self.folder.rename(self.folder.with_suffix(AWAY))

    def admit(self) -> None:
        """And back."""
        if (away := self.folder.with_suffix(AWAY)).exists():
            away.rename(self.folder)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
