"""What is known of the request that is being answered, for every message sent meanwhile.

A middleware attaches it; `contextvars` carries it into the threads and tasks that work for the request.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


def nobody() -> str | None:
    """The answer where nobody can tell who asks."""
    return None


@dataclass(frozen=True)
class RequestContext:
    """What a request adds to the messages sent during it.

    Attributes:
        context: Segment's context: page, campaign, user agent and the like.
        anonymous_id: the visitor, by the cookie of a browser tracker.
        user_id: who asks, looked up when a message needs it, since people log in during requests.
    """

    context: Mapping[str, Any] = field(default_factory=dict)
    anonymous_id: str | None = None
    user_id: Callable[[], str | None] = nobody

    def people(self, user_id: str | None, anonymous_id: str | None) -> tuple[str | None, str | None]:
        """Whom a message is about.

        One that names nobody is about who asks. One about the asking user gets the visitor too, so that what the
        visitor did becomes the user's. One about anybody else stays as it is: what an administrator did as a visitor
        is not the past of the user whom the administrator edits.
        """
        if anonymous_id is not None or (user_id is not None and self.anonymous_id is None):
            return user_id, anonymous_id
        asking = self.user_id()
        if user_id is None:
            return asking, self.anonymous_id
        return user_id, self.anonymous_id if user_id == asking else None


_current: ContextVar[RequestContext | None] = ContextVar("leadline_request", default=None)


def current_request() -> RequestContext | None:
    """The request being answered; None outside of any."""
    return _current.get()


@contextmanager
def attached(request: RequestContext) -> Iterator[None]:
    """Give this context to every message sent inside the block."""
    token = _current.set(request)
    try:
        yield
    finally:
        _current.reset(token)
