"""The examples of the pages about imports, carried out as they stand."""

import re
from pathlib import Path

import pytest
import yaml
from tests.leadline_process import Folder

from leadline.pipeline.imports.reading import Reading, Wishes
from leadline.tracking.mapping_document import DOCUMENT, MESSAGE, PERSON, TEST, VALUE, read_mapping
from leadline.tracking.mapping_values import EPOCHS, KINDS
from leadline.tracking.models import Conversion

DOCS = Path(__file__).parents[2] / "docs"
HOW_TO = (DOCS / "how-to" / "import-a-file.md").read_text()
REFERENCE = (DOCS / "reference" / "import-mapping.md").read_text()
COMMANDS = (DOCS / "reference" / "commands.md").read_text()


def section(title: str) -> str:
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", HOW_TO, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def block(language: str, page: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", page, re.DOTALL)
    assert found is not None
    return found[1]


def plain(text: str) -> list[str]:
    """What is printed, line by line, without the lines of tables and the space between words."""
    bare = re.sub(r"[│┃|]", " ", text)
    return [" ".join(line.split()) for line in bare.splitlines() if line.strip() and not re.search("[━─]", line)]


def command(page: str) -> list[str]:
    return block("sh", page).split()[1:]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_dry_run_prints_what_the_page_says(folder: Folder, here: Path) -> None:
    page = section("First look, then import")
    (here / "tools.csv").write_text(block("csv", page))
    done = folder.run(*command(page))
    told = plain(done.stdout)
    wanted = plain(block("text", page))
    assert told[: len(wanted)] == wanted


def test_the_dry_runs_json_is_as_the_reference_says(folder: Folder, here: Path) -> None:
    (here / "tools.csv").write_text(block("csv", section("First look, then import")))
    found = folder.json("import", "tools.csv", "--dry-run")
    assert len(found["samples"]) == 3
    imports = COMMANDS[COMMANDS.index("\n## import") :]
    assert yaml.safe_load(re.findall(r"```json\n(.*?)```", imports, re.DOTALL)[1]) == {**found, "samples": []}


def test_the_mapping_of_the_page_makes_three_messages(folder: Folder, here: Path) -> None:
    page = section("Any other table: a mapping")
    (here / "log.csv").write_text(block("csv", page))
    (here / "tool-log.yaml").write_text(block("yaml", page))
    assert "three messages" in page
    report = folder.json(*command(page))
    assert (report["stored"], report["skipped"], report["quarantined"]) == (3, 1, {})


def test_the_deals_of_the_page_become_outcomes(folder: Folder, here: Path) -> None:
    page = section("Past deals")
    (here / "deals.csv").write_text(block("csv", page))
    assert folder.json(*command(page))["quarantined"] == {}
    assert sorted(Conversion.objects.values_list("name", flat=True)) == ["opportunity"] * 3 + ["won_deal"]


def test_the_mapping_of_the_reference_is_valid_and_its_file_is_read(here: Path) -> None:
    (here / "m.yaml").write_text(block("yaml", REFERENCE))
    header = "Customer no;Company;Email;Signed up;State;Plan;Price;Tags"
    (here / "a.csv").write_bytes(
        f"{header}\n7;Müller;m@m.example;04.05.2026 10:00;;Pro;1.200,50;a, b\n".encode("cp1252")
    )
    (entry,) = Reading.of(here / "a.csv", Wishes(mapping="m.yaml")).entries({}, 0)
    assert len(entry.messages) == 3
    assert b'"plan":"Professional","amount":1200.5,"currency":"EUR","tags":["a","b"]' in entry.messages[2]


def test_every_field_of_a_mapping_is_documented() -> None:
    told = " ".join(re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", REFERENCE, flags=re.DOTALL)))
    known = {*DOCUMENT, *PERSON, *MESSAGE, *VALUE, *TEST, *KINDS, *EPOCHS}
    assert sorted(name for name in known if not re.search(rf"(?<!\w){name}(?!\w)", told)) == []


def test_every_bundled_mapping_is_on_the_page() -> None:
    for path in (DOCS.parent / "mappings").glob("*.yaml"):
        assert read_mapping(yaml.safe_load(path.read_text())).name == path.stem
        assert f"| `{path.stem.removesuffix('-deals')}` |" in section("Past deals")
