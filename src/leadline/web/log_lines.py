"""Lines of the log: one for each record, whatever somebody managed to put into its message.

A line break in a value that is logged would let whoever sent it write lines of their own
(https://cwe.mitre.org/data/definitions/117.html). Tracebacks keep their lines: they come after the message.
"""

import logging
import re

from leadline.kernel import log_lines
from leadline.kernel.log_lines import Unquoting

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""What ends a line or steers a terminal."""
TRACES = log_lines.__name__
"""The logger whose messages are tracebacks; they quote nothing."""

REQUESTS = "django.request"
"""Django's logger of answers from 400 on, those below 500 as warnings."""
SUSPICIONS = "django.security."
"""Begins the names of Django's loggers of what is suspicious, such as a host that is not ours; all are answered 400."""


class OneLine(Unquoting):
    """Writes control characters of messages as escapes."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's name
        """The line, without a traceback."""
        line = super().formatMessage(record)
        return line if record.name == TRACES else CONTROL.sub(_escaped, line)


class RefusalsInALine(logging.Filter):
    """Takes the traceback from what was refused (4xx), and leaves it a warning: it is nobody's fault but the caller's,
    and whoever watches the log for errors is not to be woken by a stranger."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every record passes."""
        suspicious = record.name.startswith(SUSPICIONS)
        if suspicious:
            record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
        if suspicious or (record.name == REQUESTS and record.levelno < logging.ERROR):
            record.exc_info = record.exc_text = None
        return True


def _escaped(found: re.Match[str]) -> str:
    return ascii(found[0])[1:-1]
