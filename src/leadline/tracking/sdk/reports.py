"""What went wrong, told to people: a line in the log, not one for each message, and a call for each loss."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from leadline.kernel.errors import LeadlineError
from leadline.tracking.sdk.messages import Packed

QUIET_SECONDS = 600.0
OnError = Callable[[LeadlineError, Sequence[dict[str, Any]]], None]

_log = logging.getLogger("leadline.sdk")


class Reports:
    """Logs each kind of trouble once in ten minutes; `on_error` hears of every message that is lost."""

    def __init__(self, on_error: OnError | None, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._on_error, self._monotonic = on_error, monotonic
        self._logged: dict[str, float] = {}

    def lost(self, error: LeadlineError, messages: Sequence[Packed]) -> None:
        """These messages will not arrive."""
        if self._is_due(error.code):
            _log.error("%s messages lost: %s", f"{len(messages):,}", error)
        if self._on_error is None:
            return
        try:
            self._on_error(error, [packed.opened() for packed in messages])
        except Exception:  # noqa: BLE001  # the platform's own code may raise anything; the thread must live on
            _log.exception("on_error of the event tracker failed")

    def skipped(self, error: LeadlineError) -> None:
        """A message was not sent, as is to be expected."""
        if self._is_due("skipped"):
            _log.info("a message was not sent: %s", error)

    def trouble(self, reason: str) -> None:
        """It does not work now; nothing is lost."""
        if self._is_due("trouble"):
            _log.warning("events can't be delivered now and will be sent again: %s", reason)

    def _is_due(self, kind: str) -> bool:
        now = self._monotonic()
        if now - self._logged.get(kind, -QUIET_SECONDS) < QUIET_SECONDS:
            return False
        self._logged[kind] = now
        return True
