"""`EventTracker`: events from the platform's own code."""

from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack

from leadline.kernel.clock import Clock, utc_now
from leadline.kernel.errors import ConfigurationError
from leadline.tracking.sdk.context import current_request
from leadline.tracking.sdk.delivery import Background, Delivery, Direct, Nowhere
from leadline.tracking.sdk.errors import NobodyError
from leadline.tracking.sdk.messages import Common, Id, compose, mapping, named, pack, required
from leadline.tracking.sdk.outbox import OutboxLimits
from leadline.tracking.sdk.reports import OnError, Reports
from leadline.tracking.sdk.retries import BACKGROUND_SECONDS, SYNCHRONOUS_SECONDS, RetryPolicy
from leadline.tracking.sdk.stats import Stats
from leadline.tracking.sdk.transport import HttpTransport, batch_url

if TYPE_CHECKING:
    import httpx

LARGEST_BATCH = 100


class EventTracker:
    """Sends events to a collector: from a thread in the background, or, with `sync`, before each call returns.

    Every call returns the id of its message (empty when it names nobody during a request of a visitor who is not known
    either: such a message is counted as dropped). A message that could never be stored raises `InvalidMessageError` at
    once; the network's trouble raises nothing (unless `sync`): it is retried, counted, logged, and told to `on_error`.
    Safe to share between threads, and over forks: a child sends what it tracked itself.

    Args:
        write_key: of an event source (`leadline keys create SOURCE`).
        host: the collector's address, such as ``https://events.example.com``.
        sync: each call returns when the server has the message, or raises.
        max_queue, max_queue_bytes: what may wait in memory; beyond it, the newest message is dropped and reported.
        flush_at, flush_interval: a batch leaves with so many messages (100 at most), or after so many seconds.
        max_retries: attempts after the first; None is as many as fit into the time.
        give_up_after: seconds that a batch is tried for; default half an hour, with `sync` one minute.
        timeout: seconds for one request.
        exit_timeout: seconds that the end of the process waits for what is still queued.
        gzip: compress batches from 1 KB.
        on_error: called with the error and the messages that are lost, from the sending thread; for a full queue
            from the caller's.
        enabled: False judges messages and sends nothing, for tests and development.
        clock: the time; for tests.
        transport: httpx's, for tests and unusual networks.

    Raises:
        ConfigurationError: the key is empty, the host is no address, or a number makes no sense.
    """

    def __init__(
        self, write_key: str, host: str, *, sync: bool = False, max_queue: int = 10_000,
        max_queue_bytes: int = 64 << 20, flush_at: int = LARGEST_BATCH, flush_interval: float = 0.5,
        max_retries: int | None = None, give_up_after: float | None = None, timeout: float = 10.0,
        exit_timeout: float = 5.0, gzip: bool = True, on_error: OnError | None = None, enabled: bool = True,
        clock: Clock = utc_now, transport: "httpx.BaseTransport | None" = None,
    ) -> None:  # fmt: skip
        self._clock = clock
        self._delivery: Delivery = Nowhere()
        self._exit_timeout = exit_timeout
        if not enabled:
            return
        _check(write_key, max_queue=max_queue, max_queue_bytes=max_queue_bytes, flush_at=flush_at, timeout=timeout)
        http = HttpTransport(
            write_key, batch_url(host), timeout=timeout, compress=gzip, clock=clock, inner=transport
        )  # fmt: skip
        patience = give_up_after if give_up_after is not None else SYNCHRONOUS_SECONDS if sync else BACKGROUND_SECONDS
        policy, reports = RetryPolicy(patience, max_retries), Reports(on_error)
        limits = OutboxLimits(max_queue, max_queue_bytes, min(flush_at, LARGEST_BATCH), flush_interval)
        self._delivery = (
            Direct(http, policy, reports) if sync else Background(http, policy, limits, reports, exit_timeout)
        )

    def track(
        self, user_id: Id = None, event: str = "", properties: Mapping[str, Any] | None = None,
        **common: Unpack[Common],
    ) -> str:  # fmt: skip
        """Somebody did something."""
        own = {"event": named("event", event), "properties": mapping("properties", properties)}
        return self._send("track", user_id, own, common)

    track_event = track

    def identify(self, user_id: Id = None, traits: Mapping[str, Any] | None = None, **common: Unpack[Common]) -> str:
        """What is known of somebody; with an `anonymous_id` too, what the visitor did becomes the user's."""
        return self._send("identify", user_id, {"traits": mapping("traits", traits)}, common)

    def page(
        self, user_id: Id = None, name: str = "", properties: Mapping[str, Any] | None = None, *, category: str = "",
        **common: Unpack[Common],
    ) -> str:  # fmt: skip
        """Somebody saw a page."""
        return self._send("page", user_id, _view(name, category, properties), common)

    def screen(
        self, user_id: Id = None, name: str = "", properties: Mapping[str, Any] | None = None, *, category: str = "",
        **common: Unpack[Common],
    ) -> str:  # fmt: skip
        """Somebody saw a screen of an app."""
        return self._send("screen", user_id, _view(name, category, properties), common)

    def group(
        self, user_id: Id = None, group_id: Id = None, traits: Mapping[str, Any] | None = None,
        **common: Unpack[Common],
    ) -> str:  # fmt: skip
        """Somebody belongs to a company; the traits are the company's."""
        own = {"groupId": required("group_id", group_id), "traits": mapping("traits", traits)}
        return self._send("group", user_id, own, common)

    def alias(self, previous_id: Id, user_id: Id, **common: Unpack[Common]) -> str:
        """An anonymous id and a user are the same person."""
        own = {"previousId": required("previous_id", previous_id)}
        return self._send("alias", required("user_id", user_id), own, common)

    def flush(self, timeout: float | None = None) -> bool:
        """Send now, and wait until what was tracked before this call is settled, at most `timeout` seconds.

        Returns:
            Whether all of it was delivered, and nothing was lost since the last flush.
        """
        return self._delivery.flush(timeout)

    def shutdown(self, timeout: float | None = None) -> bool:
        """Send what waits within `timeout` seconds (default `exit_timeout`) and end the thread; later calls lose
        their messages. The end of the process calls it by itself.

        Returns:
            Whether nothing was lost since the tracker was made.
        """
        return self._delivery.shutdown(self._exit_timeout if timeout is None else timeout)

    close = shutdown

    @property
    def stats(self) -> Stats:
        """Messages queued, sent and dropped, and requests retried, in this process."""
        return self._delivery.stats

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()

    def _send(self, kind: str, user_id: Id, own: Mapping[str, object], common: Common) -> str:
        request = current_request()
        try:
            packed = pack(compose(kind, user_id, own, common, request, self._clock()))
        except NobodyError as error:
            if request is None:
                raise
            self._delivery.skip(error)  # a visitor without cookies is no mistake of the platform's code
            return ""
        self._delivery.accept(packed)
        return packed.message_id


def _view(name: str, category: str, properties: Mapping[str, Any] | None) -> dict[str, object]:
    own = {"name": name, "category": category}
    given = {key: named(key, value) for key, value in own.items() if value != ""}
    return {**given, "properties": mapping("properties", properties)}


def _check(write_key: str, **positive: float) -> None:
    if not isinstance(write_key, str) or not write_key.strip() or not write_key.isascii():
        advice = "Make one with `leadline keys create SOURCE`."
        raise ConfigurationError("The tracker has no usable write key.", advice=advice)
    for name, value in positive.items():
        if value <= 0:
            raise ConfigurationError(f"{name} is {value}; it must be more than 0.")
