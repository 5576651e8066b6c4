"""`leadline privacy`: what is held, who somebody is, their archive, the documents."""

import json
import zipfile
from pathlib import Path

import pytest
from tests.leadline_process import Folder, Server

from leadline.pipeline.privacy.files import label_of
from leadline.privacy.kinds import covered

ADA = {
    "type": "identify",
    "userId": "ada",
    "anonymousId": "browser-1",
    "messageId": "i-1",
    "timestamp": "2026-05-04T10:00:00Z",
    "traits": {"email": "ada@works.example", "name": "Ada Canary"},
}


@pytest.fixture
def people(folder: Folder, tmp_path: Path) -> Folder:
    path = tmp_path / "events.ndjson"
    path.write_text(json.dumps(ADA) + "\n" + json.dumps({**ADA, "userId": "bo", "messageId": "i-2"}))
    assert folder.run("import", str(path)).returncode == 0
    return folder


def test_kinds_are_listed(folder: Folder) -> None:
    kinds = {each["name"]: each for each in folder.json("privacy", "kinds")}
    assert kinds["tracking.profiles"]["covers"] == ["tracking.Profile"]
    assert kinds["events.events"]["store"] == "event store"
    assert "accounts.users" in folder.run("privacy", "kinds").stdout


def test_people_are_found_by_an_address_that_they_share(people: Folder) -> None:
    found = people.json("privacy", "find", "ADA@works.example")
    users = {name["value"] for each in found for name in each["names"] if name["kind"] == "user_id"}
    assert users == {"ada", "bo"}
    assert "browser-1" in people.run("privacy", "find", "ada@works.example").stdout
    assert "Nobody is known" in people.run("privacy", "find", "x@y.example").stdout


def test_words_are_looked_for_in_all_that_is_stored(people: Folder) -> None:
    answer = people.json("privacy", "search", "ADA@works.example", "nobody-else")
    assert "tracking.identity.value" in {each["where"] for each in answer["found"]}
    assert "tracking.identity.value" in people.run("privacy", "search", "ada@works").stdout
    nowhere = people.run("privacy", "search", "nobody-at-all").stdout
    assert "Found nowhere." in nowhere
    assert "all bytes of" in nowhere
    assert "too short" in people.run("privacy", "search", "ad").stderr


def test_an_archive_is_written_once_it_is_clear_whose(people: Folder, tmp_path: Path) -> None:
    file = tmp_path / "ada.zip"
    shared = people.run("privacy", "access", "ada@works.example", "--out", str(file))
    assert shared.returncode == 1
    assert "Several people use" in shared.stderr
    assert not file.exists()
    told = people.json("privacy", "access", "ada", "--out", str(file))
    assert told["kinds"]["tracking.profiles"] >= 2
    with zipfile.ZipFile(file) as archive:
        assert "Ada Canary" in archive.read("index.html").decode()
    said = people.run("privacy", "access", "ada", "--portable", "--out", str(file)).stdout
    assert "Only you may read it" in said
    with zipfile.ZipFile(file) as archive:
        assert "index.html" not in archive.namelist()
    assert people.run("privacy", "access", "nobody", "--out", str(file)).returncode == 1


def test_documents_are_written_with_the_name_of_the_controller(folder: Folder, tmp_path: Path) -> None:
    out = tmp_path / "documents"
    named = ("--controller", "Acme Ltd", "--contact", "privacy@acme.example", "--officer", "Dr. Key")
    written = folder.json("privacy", "documents", "--out", str(out), *named)["files"]
    assert {Path(each).name for each in written} == {
        f"{name}.{ending}"
        for name in ("record-of-processing", "data-map", "retention", "dpia", "privacy-notice")
        for ending in ("md", "html")
    }
    assert "Acme Ltd" in (out / "privacy-notice.html").read_text()
    assert "Dr. Key" in (out / "dpia.md").read_text()
    refused = folder.run("privacy", "documents", "--out", str(out / "dpia.md"))
    assert (refused.returncode, "is no folder that can be made" in refused.stderr) == (1, True)


def test_every_file_of_a_running_installation_is_known(served: Server) -> None:
    served.folder.run("events", "count")
    names = [path.name for path in served.folder.data.iterdir()]
    assert {"keyring.json", "spool", "control.sock"} <= set(names)
    assert [name for name in names if label_of(name) not in covered()] == []
