"""The page about the audit trail names each verb and field, and its program checks a real file."""

import json
import re
import subprocess
import sys
from pathlib import Path

from leadline.accounts.audit_chain import BEGINNING, hash_of
from leadline.accounts.audit_export import COLUMNS
from leadline.accounts.audit_verbs import VERBS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "audit.md").read_text()


def exported(folder: Path, length: int) -> Path:
    """A file as `leadline audit export` writes it."""
    lines, previous = [], BEGINNING
    for number in range(1, length + 1):
        entry = {**dict.fromkeys(COLUMNS), "number": number, "numbers": {"rows": number}, "previous": previous}
        del entry["hash"]
        previous = hash_of(entry)
        lines.append(json.dumps({**entry, "hash": previous}))
    file = folder / "audit.jsonl"
    file.write_text("\n".join(lines) + "\n")
    return file


def checked(file: Path) -> "subprocess.CompletedProcess[str]":
    (program,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, str(file)], capture_output=True, text=True, check=False
    )


def test_every_verb_is_documented() -> None:
    assert sorted(verb for verb in VERBS if f"`{verb}`" not in PAGE) == []


def test_every_field_is_documented() -> None:
    assert sorted(field for field in COLUMNS if f"`{field}`" not in PAGE) == []


def test_the_program_of_the_page_checks_a_file(tmp_path: Path) -> None:
    file = exported(tmp_path, 5)
    assert checked(file).returncode == 0
    file.write_text(file.read_text().replace('"rows": 3', '"rows": 4'))
    done = checked(file)
    assert (done.returncode, done.stderr.strip()) == (1, "entry 3 is not as it was written")
