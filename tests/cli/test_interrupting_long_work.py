"""Ctrl-C while a job is being started on the server: it is begun, and then cancelled, not left behind."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from leadline.cli import long_work
from leadline.pipeline import control


def test_an_interrupt_during_the_start_cancels_the_job(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[str] = []

    def call(_: Path, command: str, arguments: dict[str, Any], __: Callable[[int, int], None]) -> dict[str, Any]:
        asked.append(command)
        if command == "job_start":
            os.kill(os.getpid(), signal.SIGINT)
        state = "cancelled" if "job_cancel" in asked else "running"
        return {"number": arguments.get("number", 7), "state": state, "done": 0, "total": 1, "message": ""}

    monkeypatch.setattr(control, "call", call)
    monkeypatch.setattr(long_work, "start_django", lambda: tmp_path)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(typer.Exit) as ended:
        long_work.carry_out("backtest", {}, "somebody", "")
    assert ended.value.exit_code == 130
    assert asked == ["job_start", "job_cancel", "job"]
    assert signal.getsignal(signal.SIGINT) is before
