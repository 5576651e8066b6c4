"""Tracebacks in logs tell where and of what kind; never the words of an exception, which may hold a value."""

import logging
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.kernel import log_lines
from leadline.kernel.errors import NotFoundError
from leadline.kernel.log_lines import Unquoting, granian_logging, hosts_only, told, traced, without_words

CANARY = "ada@canary.example"


@pytest.fixture
def logged() -> Iterator[tuple[logging.Logger, StringIO]]:
    """A logger, and what it wrote."""
    stream, logger = StringIO(), logging.getLogger("test.quoting")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Unquoting())
    logger.addHandler(handler)
    yield logger, stream
    logger.removeHandler(handler)


def failed(words: str) -> Exception:
    """An exception that came from another one, as they are raised."""
    try:
        try:
            int(words)
        except ValueError as error:
            raise KeyError(words) from error
    except KeyError as error:
        return error


def test_a_logged_exception_tells_kinds_and_places(logged: tuple[logging.Logger, StringIO]) -> None:
    logger, stream = logged
    try:
        int(CANARY)
    except ValueError:
        logger.exception("It failed")
    assert "It failed" in stream.getvalue()
    assert "ValueError" in stream.getvalue()
    assert "test_log_lines_quote_nobody.py" in stream.getvalue()
    assert CANARY not in stream.getvalue()


def test_causes_are_told_first_and_quote_nothing_either() -> None:
    text = traced(failed(CANARY))
    assert text.index("ValueError") < text.index("which led to") < text.index("KeyError")
    assert CANARY not in text


def test_while_developing_words_stay() -> None:
    record = logging.LogRecord("x", logging.ERROR, "", 0, "It failed", (), None)
    error = failed(CANARY)
    record.exc_info = (type(error), error, error.__traceback__)
    assert CANARY in Unquoting(quoting=True).format(record)


def test_a_traceback_inside_of_a_message_loses_its_words(logged: tuple[logging.Logger, StringIO]) -> None:
    logger, stream = logged
    logger.error("Application callable raised\n%s", "".join(traceback.format_exception(failed(CANARY))))
    assert CANARY not in stream.getvalue()
    assert "KeyError" in stream.getvalue()
    assert "in failed" in stream.getvalue()


@given(st.text())
def test_whatever_an_exception_says_none_of_its_lines_is_kept(words: str) -> None:
    said = f"canary {words}\n  canary {words}\ncanary: {words}\nTraceback (most recent call last):\ncanary"
    text = without_words("".join(traceback.format_exception(failed(said))))
    assert "canary" not in text
    assert text.count("KeyError") == 1


def test_a_circle_of_causes_ends() -> None:
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert traced(first).count("which led to") == 1


def test_of_our_own_errors_the_words_are_told_and_of_others_the_kind() -> None:
    assert told(NotFoundError("There is no such lead.", advice="Look again.")) == "There is no such lead. Look again."
    assert told(ValueError(CANARY)) == "ValueError"
    assert told(FileNotFoundError(2, CANARY)) == "FileNotFoundError 2"


def test_addresses_end_behind_their_host() -> None:
    text = f"no trusted origin: 'https://me:secret@else.example:8/{CANARY}?mail={CANARY}' and more"
    assert hosts_only(text) == "no trusted origin: 'https://else.example:8' and more"


def test_what_a_thread_does_not_catch_is_told_without_words() -> None:
    program = f"""
import threading, logging
from leadline.kernel.log_lines import keep_quiet
logging.basicConfig()
keep_quiet()
def fail(): int("{CANARY}")
thread = threading.Thread(target=fail)
thread.start(); thread.join()
fail()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr.count("ValueError was not caught") == 2
    assert CANARY not in done.stderr.replace(program, "")


def test_libraries_that_log_addresses_say_warnings_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    log_lines.keep_quiet()
    assert {logging.getLogger(name).getEffectiveLevel() for name in ("httpx", "httpcore", "urllib3")} == {30}


def test_granian_formats_its_errors_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from granian.log import LogLevels, configure_logging

    monkeypatch.setattr(logging.getLogger("_granian"), "handlers", [])
    configure_logging(LogLevels.warning, granian_logging())
    (handler,) = logging.getLogger("_granian").handlers
    assert isinstance(handler.formatter, Unquoting)
