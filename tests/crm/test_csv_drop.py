"""CSV files in a folder: the conformance suite, and what stands in the files."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadline.crm.connector import Opening
from leadline.crm.connectors.csv_drop import CSVDropConnector
from leadline.crm.connectors.csv_drop.tables import harmless, lead_table
from leadline.crm.errors import SetupError, UnreachableError
from leadline.crm.limits import Limits
from leadline.crm.records import Outgoing
from leadline.crm.testing.clock import FrozenClock
from leadline.crm.testing.conformance import ConnectorConformance
from leadline.crm.testing.csv_drop import CSVDropHarness
from leadline.crm.testing.harness import Harness


class TestCSVDrop(ConnectorConformance):
    """Conformance."""

    @pytest.fixture(autouse=True)
    def folders(self) -> Iterator[None]:
        self.made: list[CSVDropHarness] = []
        yield
        for each in self.made:
            each.remove()

    def make(self) -> Harness:
        self.made.append(CSVDropHarness())
        return self.made[-1]


def opened(folder: Path | str, clock: FrozenClock) -> CSVDropConnector:
    return CSVDropConnector(Opening({"folder": str(folder)}, {}, Limits(9, 9), clock))


def rows_of(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_text())))


def test_a_file_has_whole_leads_with_a_header(tmp_path: Path) -> None:
    opened(tmp_path, FrozenClock()).send(
        [Outgoing("ll-1", {"score": 70}, whole={"score": 70, "name": "Ada, Countess"})]
    )
    (file,) = tmp_path.iterdir()
    assert file.name.startswith("leads-20260302T090000000000Z-")
    assert file.read_bytes() == b'external_id,name,score\r\nll-1,"Ada, Countess",70\r\n'


def test_files_sort_by_when_they_were_written(tmp_path: Path) -> None:
    clock = FrozenClock()
    connector = opened(tmp_path, clock)
    for score in (1, 2, 3):
        connector.send([Outgoing("ll-1", {}, whole={"score": score})])
        clock.advance(0.001)
    scores = [row["score"] for file in sorted(tmp_path.iterdir()) for row in rows_of(file)]
    assert scores == ["1", "2", "3"]


def test_leads_with_other_fields_share_a_table() -> None:
    text = lead_table([Outgoing("ll-1", {}, whole={"name": "Ada"}), Outgoing("ll-2", {}, whole={"score": None})])
    assert list(csv.DictReader(io.StringIO(text))) == [
        {"external_id": "ll-1", "name": "Ada", "score": ""},
        {"external_id": "ll-2", "name": "", "score": ""},
    ]


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3|x", "\t=1"])
def test_no_spreadsheet_takes_a_stranger_s_text_for_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["+49 30 1234", "-12.5", "Ada = Countess", ""])
def test_harmless_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


def test_a_folder_that_is_not_there_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SetupError) as raised:
        opened(tmp_path / "none", FrozenClock()).check()
    assert "mkdir -p" in raised.value.advice
    with pytest.raises(SetupError, match="absolute"):
        opened("relative/path", FrozenClock())


def test_what_can_not_be_written_comes_later_and_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("leadline.crm.connectors.csv_drop.connector.os.fsync", full)
    with pytest.raises(UnreachableError, match="No space left"):
        opened(tmp_path, FrozenClock()).send([Outgoing("ll-1", {}, whole={"score": 1})])
    assert list(tmp_path.glob("*.csv")) == []
