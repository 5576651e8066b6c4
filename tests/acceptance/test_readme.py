"""The README's examples do what it says: its blocks are taken out and run against a server.

Bound: half a minute.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.acceptance.installation import wait_until_let_in
from tests.leadline_process import Folder, Server, wait_until

README = Path(__file__).parents[2] / "README.md"


def blocks(language: str, word: str) -> list[str]:
    """The code blocks of a language that contain a word, in order."""
    found = re.findall(rf"```{language}\n(.*?)```", README.read_text(), re.DOTALL)
    return [block for block in found if word in block]


def test_the_first_event_by_curl_and_by_segments_library_makes_a_lead(folder: Folder) -> None:
    with Server(folder) as server:
        key = folder.json("keys", "create", "website")["write_key"]
        wait_until_let_in(server, key)
        environment = {**os.environ, "WRITE_KEY": key}
        curl, python = blocks("sh", "curl")[0], blocks("python", "segment")[0]
        for command in (["bash", "-c", "set -e\n" + here(curl, server)], [sys.executable, "-c", here(python, server)]):
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
            assert done.returncode == 0, done.stderr
        wait_until(lambda: folder.ask("events_count")["count"] == 3, 60, "all three events are stored")
        wait_until(lambda: folder.ask("status")["spool_lag_seconds"] == 0, 60, "all three are scored")
        lead = folder.json("leads", "--limit", "1")[0]
        assert (lead["user_id"], lead["stage"]) == ("amelia-hart", "qualified")
        told = folder.json("explain", "amelia-hart")
        assert any(line["factor"] == "quote_requests" and line["points"] > 0 for line in told["ledger"])


def test_the_example_without_a_server_prints_a_score() -> None:
    code = blocks("python", "LeadScorer")[0]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    total, grade, quote = done.stdout.split()
    assert 0 < float(total) < 100
    assert grade in "ABCD"
    assert json.loads(quote) == 100


def here(block: str, server: Server) -> str:
    """A block with this test's port in the place of the default one."""
    return block.replace("http://127.0.0.1:8001", server.collector)
