"""A file on its way to a browser, a piece at a time, under either kind of server."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import IO

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header

from leadline.pipeline.exports.formats import CONTENT_TYPES

PIECE = 1 << 18


def download(
    request: HttpRequest, file: IO[bytes], kind: str, name: str, content_type: str = ""
) -> StreamingHttpResponse:
    """The whole file, which is closed in the end. Django would gather an ordinary file in memory under ASGI."""
    size = file.seek(0, 2)
    file.seek(0)
    pieces = _PiecesLater(file) if isinstance(request, ASGIRequest) else _Pieces(file)
    response = StreamingHttpResponse(pieces, content_type=content_type or CONTENT_TYPES[kind])
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.{kind}") or "attachment"
    response.headers["Content-Length"] = str(size)
    return response


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Of a file that the response closes, whether it was read or not."""

    file: IO[bytes]

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.file.read(PIECE):
            yield piece

    def close(self) -> None:
        self.file.close()


@dataclass(frozen=True, slots=True)
class _PiecesLater:
    """The same for an event loop."""

    file: IO[bytes]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := await asyncio.to_thread(self.file.read, PIECE):
            yield piece

    def close(self) -> None:
        self.file.close()
