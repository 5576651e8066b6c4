"""What may be written into logs and shown of a fault: its kind and where it happened, not its words.

The words of an exception may quote the value that it met ("Could not convert 'ada@example.com' to INT32"), and logs are
kept, copied and mailed where personal data has no business. `LEADLINE_DEBUG=1` lets logs quote all the same.
"""

import logging
import re
import sys
import threading
import traceback
from types import TracebackType
from typing import Any

from leadline.kernel.errors import LeadlineError

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
LONGEST_CHAIN = 10
NAMING = ("httpx", "httpcore", "urllib3", "asyncio", "charset_normalizer")
"""Loggers of libraries that write addresses, with what stands in them, or bodies: they say warnings at the least."""
AFTER_HOST = re.compile(r"(\w+://)(?:[^\s/?#@]*@)?([^\s/?#'\"]*)[^\s'\"]*")
TRACEBACK = "Traceback (most recent call last)"
FRAME = re.compile(r'  File "[^"]*", line \d+, in \S+')
KIND = re.compile(r"([\w.]*(?:Error|Exception|Exit|Interrupt))(?=:|$)")
logger = logging.getLogger(__name__)


class Unquoting(logging.Formatter):
    """Formats tracebacks without the exceptions' words.

    Args:
        quoting: let them stand; while developing.
    """

    def __init__(self, fmt: str = FORMAT, *, quoting: bool = False, **options: Any) -> None:
        super().__init__(fmt, **options)
        self._quoting = quoting

    def formatException(self, ei: Any) -> str:  # noqa: N802  # logging's name
        """The traceback of an exception and of those that it came from."""
        if self._quoting or ei[1] is None:
            return super().formatException(ei)
        return traced(ei[1])

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's name
        """The line. Granian writes tracebacks into it as text."""
        if not self._quoting and TRACEBACK in record.message:
            record.message = without_words(record.message)
        return super().formatMessage(record)


def traced(error: BaseException) -> str:
    """Where an exception was raised, and those that it came from, the first cause first; kinds, no words."""
    chain = [error]
    while (cause := _cause(chain[-1])) is not None and cause not in chain and len(chain) < LONGEST_CHAIN:
        chain.append(cause)
    return "\nwhich led to\n".join("".join(_lines(each)).rstrip("\n") for each in reversed(chain))


def told(error: BaseException) -> str:
    """What may be shown of an error, to whoever: our own in its words, of any other the kind alone."""
    return str(error) if isinstance(error, LeadlineError) else kind_of(error)


def kind_of(error: BaseException) -> str:
    """The name of its class; of a fault of the system its number too."""
    number = getattr(error, "errno", None)
    return f"{type(error).__name__} {number}" if isinstance(number, int) else type(error).__name__


def without_words(text: str) -> str:
    """A text with tracebacks in it, of which the frames and the kinds of exceptions are left."""
    before, _, traceback_text = text.partition(TRACEBACK)
    kept = [before + TRACEBACK + ":"]
    for line in traceback_text.splitlines()[1:]:
        if FRAME.fullmatch(line) or line.startswith(TRACEBACK):
            kept.append(line)
        elif found := KIND.match(line):
            kept.append(found[1])
    return "\n".join(kept)


def hosts_only(text: str) -> str:
    """Text in which addresses end behind their host."""
    return AFTER_HOST.sub(r"\1\2", text) if "://" in text else text


def keep_quiet() -> None:
    """For the processes of a server: what nobody caught is logged, too, and no library tells addresses."""
    sys.excepthook = _uncaught
    threading.excepthook = lambda raised: _uncaught(raised.exc_type, raised.exc_value, raised.exc_traceback)
    for name in NAMING:
        logging.getLogger(name).setLevel(logging.WARNING)


def granian_logging() -> dict[str, Any]:
    """Granian's loggers, whose tracebacks quote otherwise. (It adds its level.)"""
    return {
        "formatters": {"generic": {"()": "leadline.kernel.log_lines.Unquoting", "fmt": "[%(levelname)s] %(message)s"}},
        "handlers": {"console": {"formatter": "generic", "class": "logging.StreamHandler"}},
        "loggers": {"_granian": {"handlers": ["console"], "level": "INFO", "propagate": False}},
    }


def _cause(error: BaseException) -> BaseException | None:
    return error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _lines(error: BaseException) -> list[str]:
    return ["Traceback (most recent call last):\n", *traceback.format_tb(error.__traceback__), kind_of(error)]


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if error is None or isinstance(error, KeyboardInterrupt | SystemExit):
        sys.__excepthook__(kind, error or kind(), trace)
        return
    logger.critical("%s was not caught\n%s", kind.__name__, traced(error))
