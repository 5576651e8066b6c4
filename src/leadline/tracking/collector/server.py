"""The collector's processes: Granian workers, each with a spool writer of its own, drained on SIGTERM."""

import gc
import os
from functools import partial
from pathlib import Path

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from leadline.kernel.errors import ConfigurationError
from leadline.kernel.log_lines import granian_logging, keep_quiet
from leadline.kernel.processes import die_with_parent
from leadline.privacy.current_keys import CurrentKeys
from leadline.privacy.keys import create_master_key, derive_keys
from leadline.tracking.collector.app import Application, create_app
from leadline.tracking.collector.authentication import Keyring
from leadline.tracking.collector.connections import connection_settings, cut_off_who_never_reads
from leadline.tracking.collector.options import options_from_environment
from leadline.tracking.collector.state import StateKeeper
from leadline.tracking.spool import SpoolWriter

DRAIN_SECONDS = 20  # then a worker that still has not ended is killed
GARBAGE_THRESHOLDS = (50_000, 20, 100)  # requests leave no cycles behind; looking for them often is waste


def serve_collector(data: Path, host: str = "127.0.0.1", port: int = 8001, workers: int = 1) -> None:
    """Collect into ``data/spool`` until SIGTERM or SIGINT; then answer what was begun, close the segments, return.

    Raises:
        ConfigurationError: there is no usable secret key, or a setting is wrong.
    """
    _ensure_keys(data)
    options_from_environment()  # in the parent: a wrong setting is told once, in words
    server = Server(
        "leadline.tracking.collector",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        log_level=LogLevels.warning,
        log_dictconfig=granian_logging(),
        workers_kill_timeout=DRAIN_SECONDS,
        respawn_failed_workers=True,
        **connection_settings(),
    )
    server.serve(target_loader=partial(worker_app, data, os.getpid()), wrap_loader=False)


def _ensure_keys(data: Path) -> None:
    # In the parent: a wrong key is told once, in words, and two workers can't both make the first one.
    try:
        derive_keys(data, "spool")
    except ConfigurationError:
        create_master_key(data)
        derive_keys(data, "spool")


def worker_app(data: Path, parent: int) -> Application:
    """The application of one worker process, with its writer and its counts; called inside that process.

    Args:
        parent: the process that started it, which it does not outlive.
    """
    die_with_parent(parent)
    keep_quiet()
    cut_off_who_never_reads()
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    writer = SpoolWriter(data / "spool", CurrentKeys(data, "spool").newest)
    state = StateKeeper(writer, data)
    state.start()

    def shut_down() -> None:
        writer.close()
        state.stop()

    options = options_from_environment()
    return create_app(writer, Keyring(data / "keyring.json"), state=state, on_shutdown=shut_down, options=options)
