"""Which installation the kinds of data beyond the record store work on: its event store, spool and files."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from leadline.kernel.errors import ServerUnreachableError
from leadline.pipeline.engine import Engine

_engine: ContextVar[Engine | None] = ContextVar("engine", default=None)


@contextmanager
def working_on(engine: Engine) -> Iterator[Engine]:
    """Inside, `export`, `erase` and `remains` of every kind reach this installation."""
    token = _engine.set(engine)
    try:
        yield engine
    finally:
        _engine.reset(token)


def engine_at_work() -> Engine:
    """The installation of the innermost `working_on`.

    Raises:
        ServerUnreachableError: there is none.
    """
    engine = _engine.get()
    if engine is None:
        raise ServerUnreachableError("No event store is open here.", advice="Work inside `working_on(engine)`.")
    return engine
