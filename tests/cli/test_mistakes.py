"""What somebody gets wrong is told in a line, with what to do, and an exit code that says whether to try again."""

import json
from pathlib import Path

import pytest
from tests.leadline_process import Folder

TERMINAL = 1
USAGE = 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["explain", "nobody@works.example"], "Nobody is known as 'nobody@works.example'"),
        (["explain", "99999999"], "Nobody is known as"),
        (["explain", "9" * 40], "Nobody is known as"),
        (["identities", "list", "nobody"], "Nobody is known as 'nobody'"),
        (["identities", "unmerge", "nobody", "noone"], "No event ever carried 'nobody'"),
        (["explain", "1", "--as-of", "2026-02-30"], "'2026-02-30' is no date. Use 2026-05-14"),
        (["rescore", "--as-of", "yesterday"], "'yesterday' is no date"),
        (["import", "missing.ndjson"], "There is no file missing.ndjson"),
        (["score", "missing.json"], "There is no file missing.json"),
        (["keys", "revoke", "zzzz"], "No valid write key ends in 'zzzz'"),
        (["users", "create", "nonsense"], "'nonsense' is no e-mail address. Write one"),
        (["plan", "infer", "-o", "/no/such/folder/plan.yaml"], "There is no folder /no/such/folder"),
        (["plan", "validate", "no-such-plan"], "or one of learning, offshore-staffing"),
    ],
)
def test_a_mistake_is_told_in_a_line(filled: Folder, arguments: list[str], words: str) -> None:
    done = filled.run(*arguments)
    assert (done.returncode, done.stdout) == (TERMINAL, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_unknown_command_or_option_is_a_usage_error(filled: Folder) -> None:
    assert filled.run("nonsense").returncode == USAGE
    assert filled.run("leads", "--limit", "0").returncode == USAGE
    assert filled.run("quarantine", "list", "--limit", "-3").returncode == USAGE
    assert filled.run("quarantine", "list", "--replayed", "maybe").returncode == USAGE
    assert filled.run("plan", "infer", "--days", "0").returncode == USAGE
    assert filled.run("collect", "--port", "99999").returncode == USAGE
    assert filled.run("users", "create", "kim@works.example", "--role", "king").returncode == USAGE


def test_a_bad_ruleset_is_refused_with_the_place_in_it(filled: Folder, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("name: bad\nmetrics:\n  x: {kind: guess}\n")
    events = tmp_path / "one.ndjson"
    events.write_text("{}\n")
    person = tmp_path / "person.json"
    person.write_text("{}")
    before = filled.json("status")
    for arguments in (["import", str(events), "--ruleset", str(bad)], ["score", str(person), "--ruleset", str(bad)]):
        done = filled.run(*arguments)
        assert done.returncode == TERMINAL
        assert "Traceback" not in done.stderr
        assert "metrics" in done.stderr or "dimensions" in done.stderr, done.stderr
    assert filled.json("status") == before
    unknown = filled.run("score", str(person), "--ruleset", "no-such-rules")
    assert unknown.returncode == TERMINAL
    assert "offshore-staffing" in unknown.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{not json", "neither JSON nor one JSON object a line"),
        ("[1]", "Person 1 is int, not an object"),
        (json.dumps([{}, {"events": [{"type": "track", "event": "X"}]}]), "Person 2"),
        (json.dumps({"events": 5}), "Person 1"),
        (json.dumps({"as_of": "soon"}), "Person 1"),
    ],
)
def test_people_that_cannot_be_scored_are_named(folder: Folder, tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "people.json"
    file.write_text(content)
    done = folder.run("score", str(file))
    assert done.returncode == TERMINAL
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_no_text_is_refused(folder: Folder, tmp_path: Path) -> None:
    file = tmp_path / "people.json"
    file.write_bytes(b"\xff\xfe\x00")
    done = folder.run("score", str(file))
    assert (done.returncode, "is not UTF-8 text" in done.stderr) == (TERMINAL, True)


def test_people_are_scored_without_any_installation(folder: Folder, tmp_path: Path) -> None:
    event = {
        "type": "track",
        "event": "Quote Requested",
        "timestamp": "2026-05-04T10:00:00Z",
        "properties": {"quote_id": "q", "seats": 4},
    }
    person = {"events": [event], "traits": {"title": "CTO"}, "as_of": "2026-05-04"}
    file = tmp_path / "people.ndjson"
    file.write_text(json.dumps(person) + "\n" + json.dumps(person) + "\n")
    one, other = folder.json("score", str(file))
    assert one == other
    assert one["conversion"]["score"] == pytest.approx(49.486833)
    assert folder.run("score", str(file)).stdout.count("49.486833") == 2
    piped = folder.run("score", "-", "--json", stdin=json.dumps(person))
    assert json.loads(piped.stdout) == one
    assert not folder.data.exists()


@pytest.mark.parametrize(
    ("name", "content", "arguments", "words"),
    [
        ("plan.yaml", b"\x8e\xff", ["plan", "validate", "{}"], "is no text in UTF-8"),
        ("plan.yaml", b"name: x\nevents: {Sign: {properties: {seats: {type: int}}}}", ["plan", "validate", "{}"],
         "(event 'Sign', property 'seats')"),
        ("plan.yaml", b"name: x\nevents:\n  A: [\n", ["plan", "validate", "{}"], "line 4, column 1"),
        ("map.yaml", b"\x8e\xff", ["import", "{}", "--mapping", "{}"], "is no text in UTF-8"),
        ("table.csv", b"userId\revent\r\xff", ["import", "{}", "--dry-run"], "leadline: "),
        ("table.csv", b"userId,event\nu,Tool Used\n", ["import", "{}", "--delimiter", "xx"], "parted by 'xx'"),
        ("table.csv", b"userId,event\nu,Tool Used\n", ["import", "{}", "--source", "a/b"], "cannot name"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_in_a_line(
    folder: Folder, tmp_path: Path, name: str, content: bytes, arguments: list[str], words: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    done = folder.run(*(each.format(file) for each in arguments))
    assert done.returncode == TERMINAL, done.stdout
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_names_that_look_like_markup_are_shown_as_they_came(folder: Folder, tmp_path: Path) -> None:
    file = tmp_path / "odd.ndjson"
    nobody = {"type": "track", "event": "[/b] :smile: \x1b[2J", "timestamp": "2026-11-01T09:00:00Z"}
    unplanned = {**nobody, "userId": "u-1"}
    file.write_text("".join(json.dumps(each) + "\n" for each in (nobody, unplanned)))
    assert folder.run("import", str(file)).returncode == 0
    for arguments in (("quarantine", "list"), ("quarantine", "show", "1"), ("plan", "violations")):
        done = folder.run(*arguments)
        assert done.returncode == 0, done.stderr
        assert "[/b]" in done.stdout
        assert ":smile:" in done.stdout
        assert "\x1b[2J" not in done.stdout
