"""The scripts that pages load from the collector: the tracker, and Segment's own library from a folder."""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec

from leadline.tracking.collector.documents import in_script
from leadline.tracking.collector.requests import Headers, RefusedError
from leadline.tracking.collector.responses import HeaderList

SNIPPET = "standalone.js"
KEY_PLACE = b'"__WRITE_KEY__"'  # where analytics-next wants the key of the page that loads it
FRESH_SECONDS = 3600
LONG_FRESH_SECONDS = 31_536_000  # a bundle's name holds the hash of its content


@dataclass(frozen=True)
class Script:
    """A script as it is sent. Compressed once, when it is first asked for so."""

    content: bytes
    fresh_seconds: int = FRESH_SECONDS

    @cached_property
    def compressed(self) -> bytes:
        """The same, as gzip."""
        return gzip.compress(self.content, mtime=0)

    @cached_property
    def etag(self) -> bytes:
        """The name of this content."""
        return hashlib.sha256(self.content).hexdigest()[:24].encode()

    def answer(self, headers: Headers) -> tuple[int, HeaderList, bytes]:
        """Status, headers and body for a request's headers: whole, compressed, or 304 for a client that has it."""
        packed = accepts_gzip(headers)
        etag = b'"%b%b"' % (self.etag, b"-gzip" if packed else b"")
        own = [*self._common(), (b"etag", etag)]
        if etag in headers.get(b"if-none-match", b"").replace(b"W/", b""):
            return 304, own, b""
        body = self.compressed if packed else self.content
        own += [(b"content-type", b"text/javascript; charset=utf-8"), (b"content-length", str(len(body)).encode())]
        return 200, [*own, (b"content-encoding", b"gzip")] if packed else own, body

    def _common(self) -> HeaderList:
        return [
            (b"cache-control", b"public, max-age=%d" % self.fresh_seconds),
            (b"access-control-allow-origin", b"*"),
            (b"cross-origin-resource-policy", b"cross-origin"),
            (b"x-content-type-options", b"nosniff"),
            (b"vary", b"Accept-Encoding"),
        ]


class ScriptShelf:
    """All scripts of a collector, kept in memory once they have been asked for.

    Args:
        analytics_js: the `dist/umd` folder of @segment/analytics-next; None where Segment's snippet is not served.
        tracker: gives the tracker's text.
    """

    def __init__(self, analytics_js: Path | None, tracker: Callable[[], bytes] | None = None) -> None:
        self._folder = analytics_js
        self._tracker = tracker or _tracker_script
        self._kept: dict[str, Script] = {}

    def tracker(self) -> Script:
        """`/t.js`."""
        return self._keep("t.js", lambda: Script(self._tracker()))

    def snippet(self, write_key: str) -> Script:
        """`analytics.min.js` of Segment's snippet, with the key of the page's source in it."""
        return self._keep(f"snippet {write_key}", lambda: Script(self._snippet(write_key)))

    def bundle(self, name: str) -> Script:
        """A part that analytics-next loads later."""
        return self._keep(f"bundle {name}", lambda: Script(self._read(name), LONG_FRESH_SECONDS))

    def _snippet(self, write_key: str) -> bytes:
        return self._read(SNIPPET).replace(KEY_PLACE, in_script(msgspec.json.encode(write_key)))

    def _read(self, name: str) -> bytes:
        if self._folder is None:
            advice = "Set LEADLINE_ANALYTICS_JS to the folder dist/umd of npm's @segment/analytics-next."
            raise RefusedError(404, "analytics_js_unset", "This collector serves no analytics.js.", advice)
        # Compared with the names in the folder: no name that a client makes up becomes a path.
        path = next((each for each in self._folder.glob("*.js") if each.name == name), None)
        if path is None:
            raise RefusedError(404, "not_found", "There is no such script.", "LEADLINE_ANALYTICS_JS names the folder.")
        return path.read_bytes()

    def _keep(self, name: str, make: Callable[[], Script]) -> Script:
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]


def accepts_gzip(headers: Headers) -> bool:
    """Whether a client takes gzip."""
    offers = headers.get(b"accept-encoding", b"").lower().replace(b" ", b"").split(b",")
    return any(
        offer == b"gzip" or (offer.startswith(b"gzip;q=") and offer.strip(b"0.") != b"gzip;q=") for offer in offers
    )


def _tracker_script() -> bytes:
    # Late: most collectors of an installation never serve it, and making it small takes a moment.
    from leadline.tracking.browser import tracker_script

    return tracker_script()
