"""Parts of a run by themselves: seconds of a function that the run calls."""

import time
from collections.abc import Callable
from typing import Any


def timed(module: Any, name: str) -> list[float]:
    """Let a function of a module note its seconds."""
    seconds: list[float] = []
    work: Callable[..., Any] = getattr(module, name)

    def noted(*given: Any, **named: Any) -> Any:
        begun = time.perf_counter()
        try:
            return work(*given, **named)
        finally:
            seconds.append(time.perf_counter() - begun)

    setattr(module, name, noted)
    return seconds
