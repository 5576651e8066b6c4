"""`leadline leads consent`: what somebody allows, with proof, and writing down what they said."""

import json
from pathlib import Path

import pytest
from tests.leadline_process import Folder


@pytest.fixture
def ada(folder: Folder, tmp_path: Path) -> Folder:
    consent = {"categoryPreferences": {"analytics": True}, "version": "2026-11"}
    event = {"type": "identify", "userId": "ada", "messageId": "i-1", "timestamp": "2026-05-04T10:00:00Z"}
    path = tmp_path / "events.ndjson"
    path.write_text(json.dumps({**event, "context": {"consent": consent}}))
    assert folder.run("import", str(path)).returncode == 0
    return folder


def test_what_was_said_is_shown_written_down_and_told_to_programs(ada: Folder) -> None:
    shown = ada.run("leads", "consent", "ada")
    assert "profiling: allowed (given)" in shown.stdout
    assert "consent banner" in shown.stdout
    assert "2026-11" in shown.stdout
    assert ada.json("leads")
    done = ada.run("leads", "consent", "ada", "profiling", "refused", "--because", "She rang.")
    assert "profiling: refused (refused, by hand)" in done.stdout, done.stderr
    told = ada.json("leads", "consent", "ada")
    assert [row["because"] for row in told["statements"]] == ["She rang.", ""]
    assert ada.json("leads") == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["profiling"], "What was said is missing"),
        (["profiling", "refused"], "How this is known is missing"),
        (["profiling", "maybe", "--because", "x"], "is no statement"),
        (["scoring", "refused", "--because", "x"], "is no purpose"),
    ],
)
def test_half_a_statement_is_refused_with_advice(ada: Folder, given: list[str], words: str) -> None:
    done = ada.run("leads", "consent", "ada", *given)
    assert done.returncode != 0
    assert words in done.stderr
