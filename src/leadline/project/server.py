"""`python -m leadline.project.server`: the application process, one Granian worker."""

import argparse
import os

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import MPServer

from leadline.kernel.log_lines import granian_logging, keep_quiet
from leadline.kernel.processes import die_with_parent
from leadline.project.parentage import PARENT
from leadline.project.streams import end_streams_of
from leadline.tracking.collector.connections import connection_settings

DRAIN_SECONDS = 40


class ApplicationServer(MPServer):
    """Before Granian stops its worker it waits for all answers, and a live page's stream lasts for minutes: so streams
    are ended first."""

    def shutdown(self, exit_code: int = 0) -> None:
        """End streams, then what Granian does."""
        for worker in self.wrks:
            end_streams_of(worker.inner.pid)
        super().shutdown(exit_code)  # type: ignore[no-untyped-call]  # Granian's has no types


def serve_application(host: str, port: int) -> None:
    """Serve pages, pipeline and jobs until SIGTERM. One worker: it owns the event store."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadline.project.settings")
    os.environ[PARENT] = str(os.getpid())
    keep_quiet()
    ApplicationServer(
        "leadline.project.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=1,
        log_level=LogLevels.warning,
        log_dictconfig=granian_logging(),
        workers_kill_timeout=DRAIN_SECONDS,
        **connection_settings(),
    ).serve()


def main() -> None:
    """Read the address from the command line."""
    parser = argparse.ArgumentParser(prog="leadline.project.server")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--parent", type=int, default=0, help="die with the process of this id")
    arguments = parser.parse_args()
    if arguments.parent:
        die_with_parent(arguments.parent)
    serve_application(arguments.host, arguments.port)


if __name__ == "__main__":
    main()
