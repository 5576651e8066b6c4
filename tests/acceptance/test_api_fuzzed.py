"""Schemathesis calls every operation of the REST API with what its description allows and forbids, as an administrator.

No call fails (500), and every answer is as the description says: its status, its type, its shape. Bound: four minutes.
"""

import subprocess
import sys
from pathlib import Path

from tests.leadline_process import Folder, Server

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
EXAMPLES = 5
"""Calls an operation and way of making them; the seed is fixed, so that each run makes the same."""


def test_every_operation_of_the_api_answers_as_it_is_described(folder: Folder, tmp_path: Path) -> None:
    folder.run("demo", "--leads", "60", "--days", "20")
    folder.run("users", "create", "fuzz@example.com", "--role", "administrator")
    token = folder.json("tokens", "create", "fuzz@example.com", "--name", "fuzz")["token"]
    with Server(folder) as server:
        ran = _fuzz(f"{server.pages}/api/openapi.json", token, tmp_path)
    assert ran.returncode == 0, ran.stdout[-6000:]


def _fuzz(description: str, token: str, folder: Path) -> subprocess.CompletedProcess[str]:
    options = ["--checks", CHECKS, "--phases", "fuzzing", "--max-examples", str(EXAMPLES), "--seed", "1", "--no-color"]
    run = [sys.executable, "-m", "schemathesis.cli", "run", description, "-H", f"Authorization: Bearer {token}"]
    return subprocess.run(
        [*run, *options],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
