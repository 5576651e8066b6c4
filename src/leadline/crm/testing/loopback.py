"""A fake that answers in this process, served over loopback for others."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

Answering = Callable[[httpx.Request], httpx.Response]


@contextmanager
def serving(answer: Answering, url: str) -> Iterator[str]:
    """While the block lasts; the address. `answer` is asked as if it stood at `url`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(answer, url))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(answering: Answering, url: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            there = httpx.URL(url).join(self.path)
            request = httpx.Request(self.command, there, headers=dict(self.headers), content=body)
            try:
                answer = answering(request)
            except httpx.TransportError:
                self.close_connection = True
                return
            self.send_response_only(answer.status_code)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _reply  # noqa: N815  # the names that the base class calls

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
            """Says nothing."""

    return Handler
