"""Forks and exits: a child sends what is its own, and no process ends with messages still waiting.

Threads do not live on in a forked child, and their locks stay as they were: what is known of the parent is begun anew.
"""

import atexit
import os
import sys
from functools import partial
from typing import Protocol
from weakref import WeakSet, ref


class Living(Protocol):
    """What has to be told of forks and exits."""

    exit_seconds: float

    def renew(self) -> None:
        """Begin anew in a child."""

    def shutdown(self, seconds: float) -> bool:
        """Send what waits, within these seconds."""


_living: WeakSet[Living] = WeakSet()


def watch(delivery: Living) -> None:
    """From now on, tell it of forks and of the end of the process."""
    _living.add(delivery)


def at_end_of_child(delivery: Living) -> None:
    """Shut it down also when this process is a pool's child, which leaves without running atexit."""
    util, process = sys.modules.get("multiprocessing.util"), sys.modules.get("multiprocessing.process")
    if util is not None and process is not None and process.parent_process() is not None:
        util.Finalize(None, _end, args=(ref(delivery),), exitpriority=10)
    signals = sys.modules.get("celery.signals")
    if signals is not None:  # sent in Celery's prefork children only, before each leaves
        signals.worker_process_shutdown.connect(partial(_end, ref(delivery)), weak=False)


def _end(known: "ref[Living]", **_: object) -> None:
    delivery = known()
    if delivery is not None:
        delivery.shutdown(delivery.exit_seconds)


def _renew_all() -> None:
    for delivery in list(_living):
        delivery.renew()


def _end_all() -> None:
    for delivery in list(_living):
        delivery.shutdown(delivery.exit_seconds)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_all)
atexit.register(_end_all)
