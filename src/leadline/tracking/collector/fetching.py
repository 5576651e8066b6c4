"""What is fetched from a collector: probes, settings documents, scripts, its description, and pixels."""

from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Any

import msgspec

from leadline.tracking.collector.authentication import KeyEntry, Keyring
from leadline.tracking.collector.documents import (
    posthog_config,
    posthog_config_script,
    rudder_settings,
    segment_settings,
)
from leadline.tracking.collector.metrics import CONTENT_TYPE, exposition
from leadline.tracking.collector.pixels import GIF
from leadline.tracking.collector.requests import Headers, RefusedError, query_of
from leadline.tracking.collector.responses import Fetched, json_headers
from leadline.tracking.collector.routes import Found, Give
from leadline.tracking.collector.scripts import FRESH_SECONDS, Script, ScriptShelf
from leadline.tracking.collector.state import StateKeeper
from leadline.tracking.spool import SpoolWriter

Scope = dict[str, Any]
TakePixel = Callable[[str, Scope, Headers], Awaitable[None]]
SETTINGS_FRESH = (b"cache-control", b"private, max-age=300")  # private: they repeat what the request says of its host


class Fetching:
    """Answers GET and HEAD.

    Args:
        take_pixel: spools the message of a pixel.
    """

    def __init__(
        self, writer: SpoolWriter, keyring: Keyring, state: StateKeeper, shelf: ScriptShelf, take_pixel: TakePixel
    ) -> None:
        self._writer, self._keyring, self._state, self._shelf = writer, keyring, state, shelf
        self._take_pixel = take_pixel
        self._description: Script | None = None

    async def fetch(self, found: Found, scope: Scope, headers: Headers) -> Fetched:
        """The answer of a route.

        Raises:
            RefusedError: an unknown key, something that is not there, or a collector that is not ready.
        """
        if found.give is Give.PIXEL:
            return await self._pixel(found.part, scope, headers)
        if found.give is Give.PROBE:
            return self._probe(found.part)
        if found.give in (Give.TRACKER, Give.SEGMENT_SNIPPET, Give.SEGMENT_BUNDLE):
            return Fetched(*self._script(found).answer(headers), shared=True)
        if found.give is Give.DESCRIPTION:
            return self._described()
        return self._settings(found, scope, headers)

    async def _pixel(self, kind: str, scope: Scope, headers: Headers) -> Fetched:
        """Always the image: a mail must not show a broken one. What was refused is counted."""
        if scope["method"] == "GET":
            try:
                await self._take_pixel(kind, scope, headers)
            except RefusedError as refusal:
                self._state.counters.refuse(refusal.code)
        own = [(b"content-type", b"image/gif"), (b"content-length", str(len(GIF)).encode())]
        return Fetched(200, [*own, (b"cache-control", b"no-store"), _cross_origin], GIF)

    def _script(self, found: Found) -> Script:
        if found.give is Give.TRACKER:
            return self._shelf.tracker()
        if found.give is Give.SEGMENT_BUNDLE:
            return self._shelf.bundle(found.part)
        self._known(found.part)
        return self._shelf.snippet(found.part)

    def _settings(self, found: Found, scope: Scope, headers: Headers) -> Fetched:
        if found.give is Give.RUDDER_SETTINGS:
            entry = self._known(query_of(scope).get("writeKey"), headers.get(b"authorization"))
            return _json(rudder_settings(entry.source, entry.name), SETTINGS_FRESH)
        self._known(found.part)
        if found.give is Give.SEGMENT_SETTINGS:
            return _json(segment_settings(found.part, headers, scope), SETTINGS_FRESH)
        if found.give is Give.POSTHOG_CONFIG:
            return _json(posthog_config(found.part), SETTINGS_FRESH)
        body = posthog_config_script(found.part)
        own = [(b"content-type", b"text/javascript; charset=utf-8"), (b"content-length", str(len(body)).encode())]
        return Fetched(200, [*own, SETTINGS_FRESH, _cross_origin], body)

    def _known(self, write_key: str | None, authorization: bytes | None = None) -> KeyEntry:
        entry = self._keyring.entry_of(authorization, write_key)
        if entry is None:
            advice = "Look at the key in the address; `leadline keys list` shows how the valid ones end."
            raise RefusedError(404, "unknown_write_key", "The write key is missing or unknown.", advice)
        return entry

    def _described(self) -> Fetched:
        if self._description is None:
            self._description = Script(files("leadline.tracking.collector").joinpath("openapi.json").read_bytes())
        body = self._description.content
        return Fetched(200, [*json_headers(body), (b"cache-control", b"public, max-age=%d" % FRESH_SECONDS)], body)

    def _probe(self, path: str) -> Fetched:
        if path == "/healthz":
            return _json({"status": "ok"})
        if path == "/metrics":
            body = exposition(self._state.totals(), self._writer)
            return Fetched(200, [(b"content-type", CONTENT_TYPE), (b"content-length", str(len(body)).encode())], body)
        self._check_readiness()
        return _json({"status": "ready"})

    def _check_readiness(self) -> None:
        self._keyring.refresh()
        if trouble := self._writer.trouble or self._writer.disk.shortage:
            raise RefusedError(503, "spool_unavailable", trouble, "Events are refused with 429 until it is repaired.")
        if not self._keyring.loaded:
            advice = "The application writes it when it starts; until then every write key is unknown."
            raise RefusedError(503, "no_keyring", "There is no keyring yet.", advice)


_cross_origin = (b"cross-origin-resource-policy", b"cross-origin")


def _json(content: dict[str, Any], *own: tuple[bytes, bytes]) -> Fetched:
    body = msgspec.json.encode(content)
    return Fetched(200, [*json_headers(body), *own], body)
