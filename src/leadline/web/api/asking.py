"""How an endpoint reaches the pipeline: the commands of the command line, on the engine of this process."""

from typing import Any

from leadline.pipeline import runtime
from leadline.pipeline.commands import dispatch


def ask(command: str, **arguments: Any) -> Any:
    """Carry a command out here.

    Raises:
        LeadlineError: what the command raises.
    """
    return dispatch(runtime.running().engine, command, arguments, _unheard)


def _unheard(done: int, total: int) -> None:
    """Nobody watches the progress of a request."""
