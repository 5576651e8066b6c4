"""The application: Django's pages, with the pipeline's life bound to the server's, and the probes that need no page."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadline.project.settings")
pages = get_asgi_application()

from leadline.kernel.log_lines import keep_quiet  # noqa: E402  # after Django's settings, as what follows
from leadline.pipeline import runtime  # noqa: E402  # its models need the registry that the line above fills
from leadline.project.bodies import with_bounded_body  # noqa: E402  # the same
from leadline.project.one_port import collector_beside_pages  # noqa: E402  # the same
from leadline.project.parentage import die_with_server  # noqa: E402  # the same
from leadline.project.probes import metrics_page, readiness  # noqa: E402  # the same
from leadline.project.streams import listen_for_the_end  # noqa: E402  # the same
from leadline.tracking.collector.connections import cut_off_who_never_reads  # noqa: E402  # the same
from leadline.tracking.collector.routes import is_collected  # noqa: E402  # the same

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

collector = collector_beside_pages()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http" and scope["path"] in PROBES:
        await PROBES[scope["path"]](send)
    elif collector is not None and is_collected(scope["path"]):
        await collector(scope, receive, send)
    else:
        await with_bounded_body(pages, scope, receive, send)  # type: ignore[arg-type]  # Django's types are narrower


async def _live(receive: Receive, send: Send) -> None:
    """Start the pipeline with the server and stop it with the server."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            die_with_server()
            keep_quiet()
            listen_for_the_end()
            cut_off_who_never_reads()
            try:
                await asyncio.to_thread(runtime.start)
            except Exception as error:
                await send({"type": "lifespan.startup.failed", "message": str(error)})
                raise
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await asyncio.to_thread(runtime.stop)
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _healthz(send: Send) -> None:
    await _answer(send, 200, "application/json", b'{"status":"ok"}')


async def _readyz(send: Send) -> None:
    trouble = readiness()
    status = 503 if trouble else 200
    await _answer(send, status, "application/json", json.dumps({"ready": not trouble, "trouble": trouble}).encode())


async def _metrics(send: Send) -> None:
    await _answer(send, 200, "text/plain; version=0.0.4; charset=utf-8", await asyncio.to_thread(metrics_page))


async def _answer(send: Send, status: int, content_type: str, body: bytes) -> None:
    headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


PROBES: dict[str, Callable[[Send], Awaitable[None]]] = {"/healthz": _healthz, "/readyz": _readyz, "/metrics": _metrics}
