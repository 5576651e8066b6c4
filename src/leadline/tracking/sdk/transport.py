"""One request to the collector's batch route, and what came back."""

import gzip
import platform
from collections.abc import Sequence
from copy import copy
from datetime import datetime
from importlib.metadata import version
from threading import RLock
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from leadline.kernel.clock import Clock
from leadline.kernel.errors import ConfigurationError
from leadline.tracking.sdk.messages import Packed
from leadline.tracking.sdk.retries import Answer, retry_after

if TYPE_CHECKING:
    import httpx

ROUTE = "/v1/batch"
GZIP_FROM = 1024
GZIP_LEVEL = 5
SHOWN_REASON = 200


class Reply(msgspec.Struct):
    """The collector's answers, good and bad."""

    success: bool = False
    message: str = ""


_decode_reply = msgspec.json.Decoder(Reply).decode


class HttpTransport:
    """Sends batches over connections that are kept open; safe to use from several threads.

    httpx is loaded here, in the thread that makes the tracker, and not when the first batch is sent: a process that
    forks while another thread imports has a child in which that import never ends.
    """

    def __init__(
        self,
        write_key: str,
        url: str,
        *,
        timeout: float,
        compress: bool,
        clock: Clock,
        inner: "httpx.BaseTransport | None" = None,
    ) -> None:
        self._write_key, self._url, self._timeout = write_key, url, timeout
        self._compress, self._clock, self._inner = compress, clock, inner
        self._library = {"name": "leadline-python", "version": version("leadline")}
        self._client: httpx.Client | None = self._new_client()
        self._opening = RLock()

    def renewed(self) -> "HttpTransport":
        """The same with connections of its own, for a forked child; they are made when it sends, since most children
        of most programs send nothing."""
        child = copy(self)
        child._client, child._opening = None, RLock()
        return child

    def send(self, batch: Sequence[Packed], longest: float) -> Answer:
        """One attempt within the timeout, and within `longest` seconds. Never raises for what a network can do."""
        import httpx

        now = self._clock()
        body, headers = self._body(batch, now)
        try:
            response = self._open().post(
                self._url, content=body, headers=headers, timeout=max(min(self._timeout, longest), 0.01)
            )
        except (httpx.HTTPError, OSError) as error:
            return Answer(0, f"{type(error).__name__}: {error}"[:SHOWN_REASON])
        return self._read(response, now)

    def close(self) -> None:
        """Close the connections."""
        with self._opening:
            if self._client is not None:
                self._client.close()
                self._client = None

    def _open(self) -> "httpx.Client":
        with self._opening:
            if self._client is None:
                self._client = self._new_client()
            return self._client

    def _new_client(self) -> "httpx.Client":
        import httpx

        agent = f"{self._library['name']}/{self._library['version']} Python/{platform.python_version()}"
        return httpx.Client(
            auth=(self._write_key, ""), headers={"User-Agent": agent}, follow_redirects=False, transport=self._inner
        )

    def _body(self, batch: Sequence[Packed], now: datetime) -> tuple[bytes, dict[str, str]]:
        """The envelope, with the time of this attempt: the collector corrects clocks by it."""
        rest = msgspec.json.encode({"sentAt": now.isoformat(), "context": {"library": self._library}})
        body = b'{"batch":[' + b",".join(packed.payload for packed in batch) + b"]," + rest[1:]
        headers = {"Content-Type": "application/json"}
        if not self._compress or len(body) < GZIP_FROM:
            return body, headers
        return gzip.compress(body, GZIP_LEVEL, mtime=0), {**headers, "Content-Encoding": "gzip"}

    def _read(self, response: "httpx.Response", now: datetime) -> Answer:
        try:
            reply = _decode_reply(response.content)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            reply = Reply(message="The answer is not a collector's.")
        reason = f"HTTP {response.status_code} {reply.message}".strip()[:SHOWN_REASON]
        return Answer(response.status_code, reason, retry_after(response.headers, now), reply.success)


def batch_url(host: str) -> str:
    """The address of the batch route under a host, which may have a path of its own.

    Raises:
        ConfigurationError: it is no http or https address.
    """
    try:
        parts = urlsplit(host)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or parts.query or parts.fragment:
        advice = "It is the collector's address, such as https://events.example.com or http://127.0.0.1:8001."
        raise ConfigurationError(f"The host {host!r} is no http or https address.", advice=advice)
    return host.rstrip("/").removesuffix("/v1") + ROUTE
