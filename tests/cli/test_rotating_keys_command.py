"""The secret keys are changed beside a running server, which answers all the while and loses nothing."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from event_files import message
from test_beside_a_server import post
from tests.leadline_process import Folder, Server, answers, wait_until

OWN = {"LEADLINE_SECRET_KEYS": "", "LEADLINE_SECRET_KEYS_FILE": ""}
"""Keys are those of the folder, not those that tests have in the environment."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, new_data: Callable[[Path], Path]) -> Iterator[Server]:
    with Server(Folder(new_data(tmp_path_factory.mktemp("keys") / "data"), OWN)) as server:
        yield server


class Sending:
    """Sends events, one after the other, and asks for a page, until it is told to stop."""

    def __init__(self, server: Server, key: str) -> None:
        self._server, self._key = server, key
        self._stop = threading.Event()
        self.sent, self.refused = 0, list[int]()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Sending":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(0.05):
            status = post(self._server, self._key, message(self.sent, messageId=f"m{self.sent}", userId="user-ada"))
            healthy = answers(f"{self._server.pages}/healthz")
            self.sent += 1
            self.refused += [each for each in (status, healthy) if each != 200]


def sends(server: Server, key: str) -> Callable[[], bool]:
    def taken() -> bool:
        try:
            return post(server, key, message(0, messageId="m0", userId="user-ada")) == 200
        except OSError:
            return False

    return taken


def count(folder: Folder) -> int:
    found: int = folder.json("events", "count")["count"]
    return found


def test_keys_change_while_events_come_in(server: Server) -> None:
    folder = server.folder
    key = folder.json("keys", "create", "website")["write_key"]
    wait_until(sends(server, key), 60, "the write key is known")
    (old,) = (folder.data / "secret_keys").read_text().split()
    with Sending(server, key) as sending:
        wait_until(lambda: count(folder) > 5, 60, "events come in")
        told = folder.json("keys", "rotate", "--yes")
        assert told["sealed"]["tracking.identity.value"] > 0
        before = sending.sent
        wait_until(lambda: sending.sent > before + 5, 60, "events still come in")
        assert folder.json("keys", "retire", "--yes")["removed"]
        before = sending.sent
        wait_until(lambda: sending.sent > before + 5, 60, "and still")
    assert sending.refused == []
    assert old not in (folder.data / "secret_keys").read_text()
    wait_until(lambda: count(folder) == sending.sent, 60, "everything is stored")
    status = folder.json("keys", "status")
    assert (len(status["keys"]), status["missing"], status["rotating"]) == (1, [], False)
    assert all(finding["ok"] for finding in folder.json("doctor"))


def test_a_server_that_starts_with_the_new_key_alone_knows_everybody(server: Server) -> None:
    stored = count(server.folder)
    server.stop()
    server.start().wait_until_ready()
    assert count(server.folder) == stored
    wait_until(lambda: "user-ada" in {row["user_id"] for row in server.folder.json("leads")}, 60, "she is known")


def test_without_the_right_key_the_server_says_so(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "data", OWN)
    assert folder.run("demo", "--leads", "5", "--days", "3").returncode == 0
    (folder.data / "secret_keys").write_text("ab" * 32 + "\n")
    done = folder.run("serve")
    assert done.returncode == 1
    assert "key that is not here" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_commands_speak_to_people_too(server: Server) -> None:
    words: list[Any] = [server.folder.run("keys", *each) for each in (("rotate", "-y"), ("status",), ("retire", "-y"))]
    said = [each.stdout for each in words]
    assert [each.returncode for each in words] == [0, 0, 0], words
    assert "sealed anew under the key" in said[0]
    assert "newest" in said[1]
    assert "under way" in said[1]
    assert "Taken away" in said[2]
