"""The live page's stream of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).

A stream reads the feed's ring, which bounds it: a slow browser is sent the newest of what it missed, and told how many
more there were. It ends by itself after a few minutes, and with its session, so that the next one checks session and
role anew.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from asgiref.sync import sync_to_async
from django.db import close_old_connections

from leadline.pipeline.live import LiveFeed
from leadline.web.live_rows import LiveFilter, LiveRow, rows_of

BATCH = 100
"""Rows in one message, at most."""
STREAMS = 20
"""Open at once, or a few more when they come at the same instant; the page says when there are no more."""
RETRY_MILLISECONDS = 2000
Render = Callable[[list[LiveRow]], str]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a stream says something, in seconds: a sign of life, the least time between messages, its length."""

    heartbeat: float = 15.0
    pause: float = 0.25
    length: float = 300.0


async def stream(
    feed: LiveFeed,
    wanted: LiveFilter,
    after: int,
    render: Render,
    rhythm: Rhythm = Rhythm(),
) -> AsyncIterator[str]:
    """What is asked for and newer than `after`, as it comes, until the feed is closed or the time is over.

    Args:
        render: rows to HTML; called in a thread.
    """
    await sync_to_async(close_old_connections)()  # the checks are done; a stream needs no database
    until = time.monotonic() + rhythm.length
    with feed.listening():
        yield f"retry: {RETRY_MILLISECONDS}\n{_sign_of_life(after)}"
        while not feed.closed and time.monotonic() < until:
            if not await feed.wait(after, rhythm.heartbeat):
                yield _sign_of_life(after)
                continue
            outcomes = feed.since(after)
            after = outcomes[-1].number if outcomes else after
            rows, more = rows_of(outcomes, wanted, BATCH)
            yield _message(after, await asyncio.to_thread(render, rows), more) if rows else _sign_of_life(after)
            await asyncio.sleep(rhythm.pause)


def _sign_of_life(number: int) -> str:
    """A comment, which keeps proxies from hanging up; the id is remembered although nothing is dispatched."""
    return f": \nid: {number}\n\n"


def _message(number: int, html: str, more: int) -> str:
    return f"id: {number}\nevent: rows\ndata: {json.dumps({'html': html, 'more': more})}\n\n"
