"""The log has one line for each record, whatever is in its message."""

import logging
from logging.config import dictConfig

import pytest
import web_cast as cast
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from leadline.accounts.models import User
from leadline.kernel.log_lines import traced
from leadline.web.log_lines import CONTROL, OneLine


def line(message: str, *given_: object, name: str = "x", trace: bool = False) -> str:
    error: BaseException | None = None
    try:
        raise RuntimeError("words")
    except RuntimeError as raised:
        error = raised
    about = (type(error), error, error.__traceback__) if trace else None
    return OneLine("%(levelname)s %(message)s").format(
        logging.LogRecord(name, logging.WARNING, "file.py", 1, message, given_, about)
    )


@given(st.text())
def test_nothing_in_a_value_begins_another_line(value: str) -> None:
    written = line("Refused %s.", value)
    assert not CONTROL.search(written)
    assert len(written.splitlines()) == 1


def test_what_was_written_can_still_be_read() -> None:
    assert line("a %s", "b\r\n2026-11-23 ERROR root all is lost\x1b[2J") == (
        r"WARNING a b\r\n2026-11-23 ERROR root all is lost\x1b[2J"
    )
    assert line("Zürich \N{ANCHOR}") == "WARNING Zürich \N{ANCHOR}"


def test_tracebacks_keep_their_lines() -> None:
    assert len(line("It failed", trace=True).splitlines()) > 2
    error = RuntimeError("words")
    assert "\n" in line("%s was not caught\n%s", "x", traced(error), name="leadline.kernel.log_lines")


def test_the_installation_logs_so(capfd: pytest.CaptureFixture[str]) -> None:
    try:
        dictConfig({**settings.LOGGING, "root": {"handlers": ["stderr"], "level": "WARNING"}})
        logging.getLogger("leadline.tried").warning("one\ntwo")
    finally:
        dictConfig(settings.LOGGING)
    assert r"one\ntwo" in capfd.readouterr().err


@pytest.mark.django_db
def test_a_refusal_is_a_line_and_a_fault_keeps_its_traceback(capfd: pytest.CaptureFixture[str]) -> None:
    analyst = cast.signed_in(cast.user(User.Role.ANALYST))
    try:
        dictConfig({**settings.LOGGING, "root": {"handlers": ["stderr"], "level": "WARNING"}})
        assert analyst.get("/users").status_code == 403
        refused = capfd.readouterr().err
        assert analyst.get("/", headers={"host": "else.example"}).status_code == 400
        suspicious = capfd.readouterr().err
        _fail_as_a_view_would()
        failed = capfd.readouterr().err
    finally:
        dictConfig(settings.LOGGING)
    assert refused.count("\n") == 1
    assert "django.request Forbidden (Permission denied): /users" in refused
    assert suspicious.count("\n") == 1
    assert " WARNING " in suspicious
    assert "django.security.DisallowedHost A request was refused." in suspicious
    assert "Traceback" in failed


def _fail_as_a_view_would() -> None:
    try:
        raise RuntimeError
    except RuntimeError:
        logging.getLogger("django.request").exception("Internal Server Error: /users")
