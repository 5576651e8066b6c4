"""A full disk refuses events with words, loses none that were acknowledged, and is over when there is room again.

A file system of its own is needed, so the test needs the right to mount one. Bound: half a minute.
"""

import base64
import json
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.leadline_process import Folder, answers, free_port, wait_until

SIZE = "160m"  # the collector keeps 64 MB free
MEGABYTE = 1 << 20
MOUNT, UMOUNT = shutil.which("mount") or "mount", shutil.which("umount") or "umount"


@pytest.fixture
def small_disk(folder: Folder) -> Iterator[Folder]:
    """The data folder on a disk of its own."""
    folder.data.mkdir()
    mounted = subprocess.run(
        [MOUNT, "-t", "tmpfs", "-o", f"size={SIZE}", "leadline", str(folder.data)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"this machine mounts no small disk: {mounted.stderr.decode().strip()}")
    yield replace(folder)
    subprocess.run([UMOUNT, "--lazy", str(folder.data)], check=True)


def post(port: int, key: str, number: int) -> tuple[int, dict[str, str], dict[str, str]]:
    """The answer to one event: status, body, headers."""
    body = json.dumps({"type": "track", "event": "E", "userId": "u", "messageId": f"m-{number}", "properties": {}})
    credentials = base64.b64encode(f"{key}:".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/track", body.encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310  # loopback
            return response.status, json.loads(response.read()), dict(response.headers)
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read()), {name.lower(): value for name, value in error.headers.items()}


def fill(path: Path) -> None:
    """Write until not one byte is left."""
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(MEGABYTE)):
                pass
        except OSError:
            return


def test_a_full_disk_is_told_and_got_over(small_disk: Folder) -> None:
    key = small_disk.json("keys", "create", "website")["write_key"]
    port = free_port()
    filler = small_disk.data / "filler"
    process = small_disk.start("collect", "--port", str(port))
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz") == 200, 60, "the collector is ready")
        assert post(port, key, 1)[0] == 200
        fill(filler)
        wait_until(lambda: post(port, key, 2)[0] == 429, 30, "events are refused")
        status, body, headers = post(port, key, 3)
        assert (status, body["code"]) == (429, "spool_unavailable")
        assert int(headers["retry-after"]) > 0
        assert "free" in body["message"] or "No space left" in body["message"]
        assert answers(f"http://127.0.0.1:{port}/readyz") == 503
        filler.unlink()
        wait_until(lambda: post(port, key, 4)[0] == 200, 30, "events are taken again")
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz") == 200, 30, "the collector is ready again")
    finally:
        process.terminate()
        process.wait(20)
    assert small_disk.json("status")["accepted"] >= 2


def test_the_doctor_says_that_the_disk_is_full(small_disk: Folder) -> None:
    key = small_disk.json("keys", "create", "website")["write_key"]
    port = free_port()
    process = small_disk.start("collect", "--port", str(port))
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz") == 200, 60, "the collector is ready")
        (small_disk.data / "filler").write_bytes(bytes(110 * MEGABYTE))  # little is left, so that its state is told
        wait_until(lambda: post(port, key, 1)[0] == 429, 30, "events are refused")
        wait_until(lambda: "free" in _collector_finding(small_disk)["text"], 60, "the doctor tells")
        assert not _collector_finding(small_disk)["ok"]
    finally:
        process.terminate()
        process.wait(20)


def _collector_finding(folder: Folder) -> dict[str, str]:
    findings = json.loads(folder.run("doctor", "--json").stdout)
    return next(finding for finding in findings if finding["check"] == "collector")
