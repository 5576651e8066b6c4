"""`leadline rules`: from a file to what is in force, and back."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from tests.leadline_process import Folder

from leadline.kernel.clock import utc_now
from leadline.scoring.service import find_document

FIRST = find_document("offshore-staffing")
SECOND = re.sub(
    r"(?ms)^examples:\n.*?(?=^\w|\Z)", "", FIRST.replace("engagement:\n    weight: 20", "engagement:\n    weight: 45")
)


@pytest.fixture
def second(tmp_path: Path) -> str:
    path = tmp_path / "second.yaml"
    path.write_text(SECOND)
    return str(path)


def test_a_file_is_drafted_published_and_rolled_back_with_who_and_why(folder: Folder, second: str) -> None:
    saved = json.loads(folder.run("rules", "draft", "save", second, "--name", "More visits", "--json").stdout)
    assert (saved["reference"], saved["valid"], saved["name"]) == ("draft:1", True, "More visits")
    assert "More visits" in folder.run("rules", "drafts").stdout
    done = json.loads(folder.run("rules", "publish", "draft:1", "--why", "Visits predict deals", "--json").stdout)
    assert done == {"name": "offshore-staffing", "number": 2}
    assert folder.run("rules", "show").stdout == SECOND
    back = folder.run("rules", "rollback", "1", "--why", "Too many calls")
    assert "Ruleset 1, offshore-staffing, is in force" in back.stdout
    listed = json.loads(folder.run("rules", "list", "--json").stdout)
    newest, published = listed["history"][:2]
    assert (newest["kind"], newest["number"], newest["why"]) == ("rollback", 1, "Too many calls")
    assert (published["kind"], published["why"]) == ("publish", "Visits predict deals")
    assert newest["by"].startswith("cli:")
    assert listed["drafts"] == []
    assert "Archived 2." in folder.run("rules", "archive", "2").stdout
    refused = folder.run("rules", "archive", "1")
    assert refused.returncode == 1
    assert "is in force" in refused.stderr


def test_every_fault_is_told_with_its_line_and_the_nearest_name(folder: Folder, tmp_path: Path) -> None:
    broken = FIRST.replace("kind: active_days", "kind: active_dais", 1).replace("curve: linear", "curve: lineal", 1)
    (tmp_path / "broken.yaml").write_text(broken)
    told = folder.run("rules", "validate", str(tmp_path / "broken.yaml"))
    assert told.returncode == 1
    for word, nearest in (("active_dais", "active_days"), ("lineal", "linear")):
        line = next(n for n, text in enumerate(broken.splitlines(), 1) if word in text)
        assert re.search(rf"line {line}, .*{word}.*Did you mean\s+'{nearest}'", told.stdout, re.DOTALL)
    assert folder.run("rules", "publish", str(tmp_path / "broken.yaml"), "--why", "x", "--yes").returncode == 1
    saved = json.loads(folder.run("rules", "draft", "save", str(tmp_path / "broken.yaml"), "--json").stdout)
    assert (saved["name"], saved["valid"], len(saved["faults"])) == ("broken", False, 2)


def test_a_valid_ruleset_passes_and_a_failing_example_does_not(folder: Folder, tmp_path: Path) -> None:
    assert folder.run("rules", "validate", "offshore-staffing").returncode == 0
    (tmp_path / "failing.yaml").write_text(SECOND + "\nexamples:\n  nobody is the best:\n    expect: {grade: A}\n")
    told = folder.run("rules", "validate", str(tmp_path / "failing.yaml"), "--json")
    assert told.returncode == 1
    (example,) = json.loads(told.stdout)["examples"]
    assert (example["name"], example["passed"]) == ("nobody is the best", False)
    assert example["why"]
    refused = folder.run("rules", "publish", str(tmp_path / "failing.yaml"), "--why", "Anyway", "--yes")
    assert refused.returncode == 1
    assert "nobody is the best" in refused.stderr
    assert json.loads(folder.run("rules", "list", "--json").stdout)["in_force"]["number"] == 1


def test_differences_are_said_in_words(folder: Folder, second: str) -> None:
    told = json.loads(folder.run("rules", "diff", "", second, "--json").stdout)
    assert "Engagement counts 45 instead of 20 of the total" in told["differences"]
    assert "nothing that decides differs" in folder.run("rules", "diff", second, second).stdout


def test_the_schema_is_printed(folder: Folder) -> None:
    assert "properties" in json.loads(folder.run("rules", "schema").stdout)


def test_a_draft_is_overwritten_where_it_is_asked(folder: Folder, second: str) -> None:
    folder.run("rules", "draft", "save", "-", "--name", "Mine", stdin="name: x")
    saved = json.loads(folder.run("rules", "draft", "save", second, "--to", "draft:1", "--json").stdout)
    assert (saved["reference"], saved["name"], saved["valid"]) == ("draft:1", "Mine", True)
    assert folder.run("rules", "show", "draft:1").stdout == SECOND


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("validate", "missing.yaml"), "There is no file missing.yaml"),
        (("show", "99"), "There is no ruleset 99"),
        (("show", "draft:9"), "There is no draft"),
        (("rollback", "1", "--why", "Back"), "in force already"),
        (("publish", "course-platform", "--why", " "), "needs a reason"),
    ],
)
def test_what_cannot_be_is_told_in_a_line(folder: Folder, arguments: tuple[str, ...], words: str) -> None:
    told = folder.run("rules", *arguments)
    assert told.returncode == 1
    assert words in told.stderr.replace("\n", " ")


def test_moving_many_leads_needs_yes_where_nobody_can_be_asked(folder: Folder, second: str, settings: object) -> None:
    event = {
        "type": "track",
        "event": "Tool Used",
        "userId": "u1",
        "properties": {"tool": "calculator", "completed": True},
    }
    when = (utc_now() - timedelta(days=1)).isoformat()
    lines = [json.dumps({**event, "messageId": f"m{n}", "timestamp": when}) for n in range(6)]
    (folder.data.parent / "events.ndjson").write_text("\n".join(lines))
    folder.run("import", str(folder.data.parent / "events.ndjson"))
    settings.PUBLISH_CONFIRM_SHARE = 0.0
    heavy = Path(second)
    heavy.write_text(SECOND.replace("A: 55", "A: 0.3").replace("B: 30", "B: 0.2").replace("C: 15", "C: 0.1"))
    refused = folder.run("rules", "publish", second, "--why", "Lower bands")
    assert refused.returncode == 1
    assert "1 of 1 leads (100.0%) change grade or stage" in refused.stdout
    assert "add --yes" in refused.stderr
    assert json.loads(folder.run("rules", "list", "--json").stdout)["in_force"]["number"] == 1
    assert folder.run("rules", "publish", second, "--why", "Lower bands", "--yes").returncode == 0
