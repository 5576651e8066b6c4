"""The control socket: how commands reach a running server, which alone has the event store open.

A Unix socket in the data folder, mode 0600. One request per connection: a JSON line {"command", "arguments"}; the
answer is JSON lines: any number of {"progress": [done, total]}, then {"result"} or {"error": {"code", "message"}}.
"""

import contextlib
import json
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from leadline.kernel.errors import LeadlineError, ServerUnreachableError, TerminalError
from leadline.kernel.log_lines import told

SOCKET = "control.sock"
WHERE = "The server's log says where."
Progress = Callable[[int, int], None]
Dispatch = Callable[[str, dict[str, Any], Progress], Any]
logger = logging.getLogger(__name__)


class RemoteError(TerminalError):
    """The server refused a command; its words are the message."""


class ControlServer:
    """Answers commands on the socket, each in a thread of its own."""

    def __init__(self, data: Path, dispatch: Dispatch) -> None:
        self._path = data / SOCKET
        self._dispatch = dispatch
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

    def start(self) -> None:
        """Listen. A socket left by a process that died is replaced: the caller owns the data folder."""
        self._path.unlink(missing_ok=True)
        with short_path(self._path) as path:
            self._socket.bind(path)
        self._path.chmod(0o600)
        self._socket.listen()
        threading.Thread(target=self._accept, name="control", daemon=True).start()

    def stop(self) -> None:
        """Stop listening."""
        self._path.unlink(missing_ok=True)
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:  # closed by stop()
                return
            threading.Thread(target=self._answer, args=[connection], name="command", daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        gone = contextlib.suppress(BrokenPipeError, ConnectionResetError)  # closing the stream says what is left, too
        with connection, gone, connection.makefile("rw", encoding="utf-8") as stream:

            def say(message: dict[str, Any]) -> None:
                stream.write(json.dumps(message, default=str) + "\n")
                stream.flush()

            try:
                if not (line := stream.readline()):  # somebody only looked whether a server listens
                    return
                request = json.loads(line)
                result = self._dispatch(
                    request["command"], request["arguments"], lambda done, total: say({"progress": [done, total]})
                )
                say({"result": result})
            except (BrokenPipeError, ConnectionResetError):
                return
            except LeadlineError as error:
                say({"error": {"code": error.code, "message": str(error)}})
            except Exception as error:
                logger.exception("A command failed")
                say({"error": {"code": "error", "message": f"A fault in Leadline: {told(error)}. {WHERE}"}})


def call(data: Path, command: str, arguments: dict[str, Any], progress: Progress) -> Any:
    """Have a running server carry a command out.

    Raises:
        ServerUnreachableError: none listens on this data folder.
        RemoteError: it refused.
    """
    with _connected(data) as connection, connection.makefile("rw", encoding="utf-8") as stream:
        stream.write(json.dumps({"command": command, "arguments": arguments}) + "\n")
        stream.flush()
        return _outcome(stream, progress)


def is_listening(data: Path) -> bool:
    """Whether a server answers on this data folder."""
    try:
        _connected(data).close()
    except ServerUnreachableError:
        return False
    return True


def _outcome(stream: Iterator[str], progress: Progress) -> Any:
    for line in stream:
        message = json.loads(line)
        if "progress" in message:
            progress(*message["progress"])
        elif "error" in message:
            raise RemoteError(message["error"]["message"])
        else:
            return message["result"]
    raise ServerUnreachableError("The server stopped before it answered.", advice="Try again.")


def _connected(data: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with short_path(data / SOCKET) as path:
            connection.connect(path)
    except OSError as error:
        connection.close()
        raise ServerUnreachableError(f"No server runs on {data}.", advice="Start one: leadline serve") from error
    return connection


class short_path:  # noqa: N801  # used like a function
    """A Unix socket's path may have 107 bytes: reach a deeper one through an open handle on its folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def __enter__(self) -> str:
        if len(os.fsencode(self._path)) < 100:
            return str(self._path)
        self._handle = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        return f"/proc/self/fd/{self._handle}/{self._path.name}"

    def __exit__(self, *_: object) -> None:
        if self._handle is not None:
            os.close(self._handle)
