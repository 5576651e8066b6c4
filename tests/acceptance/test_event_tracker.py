"""`EventTracker` against a real server that is killed and started again: everything is stored, once.

Bound: two minutes.
"""

import os
import time
from collections import Counter

from tests.acceptance.installation import wait_until_let_in
from tests.leadline_process import Folder, Server, wait_until

from leadline import EventTracker
from leadline.eventstore.database import EventStore
from leadline.privacy.keys import derive_keys

EVENTS = 3_000
OF_THE_CHILD = 200
TOOL = {"tool": "calculator", "completed": True}


def tracker_for(server: Server, key: str, *, sync: bool = False) -> EventTracker:
    return EventTracker(key, server.collector, flush_at=25, flush_interval=0.05, timeout=2, sync=sync)


def new_key(server: Server) -> str:
    """A write key that the collector knows already."""
    key: str = server.folder.json("keys", "create", "platform")["write_key"]
    wait_until_let_in(server, key)
    return key


def wait_until_loaded(folder: Folder, count: int) -> None:
    wait_until(lambda: folder.ask("events_count")["count"] >= count, 60, f"{count} events are stored")
    wait_until(lambda: folder.ask("status")["spool_lag_seconds"] == 0, 60, "all is loaded")


def test_everything_is_stored_once_although_the_server_is_killed_and_started_again(folder: Folder) -> None:
    with Server(folder) as server:
        tracker = tracker_for(server, new_key(server))
        for number in range(EVENTS):
            tracker.track(f"person-{number % 40}", "Tool Used", TOOL, message_id=f"m-{number}")
            if number == EVENTS // 3:
                wait_until(lambda: tracker.stats.sent, 30, "the first batches are there")
                server.kill()
            time.sleep(0.0002)
        assert tracker.stats.queued > 0
        wait_until(server.has_left, 30, "the children of a killed supervisor give up their ports")
        wait_until(lambda: tracker.stats.retried, 30, "the tracker notices")
        if (child := os.fork()) == 0:
            for number in range(OF_THE_CHILD):
                tracker.track("child", "Tool Used", TOOL, message_id=f"c-{number}")
            os._exit(0 if tracker.flush(60) else 1)
        server.start().wait_until_ready()
        assert tracker.shutdown(60)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        wait_until_loaded(folder, EVENTS + OF_THE_CHILD)
        status = folder.json("status")
        assert server.stop() < 15
    stats = tracker.stats
    print(f"\n{stats}; stored {status['stored']:,}, duplicates refused {status['duplicates']:,}")  # noqa: T201
    assert (stats.sent, stats.dropped, stats.queued) == (EVENTS, 0, 0)
    assert (status["stored"], status["quarantined"]) == (EVENTS + OF_THE_CHILD, 0)
    stored = stored_times(folder)
    assert len(stored) == EVENTS + OF_THE_CHILD
    assert set(stored.values()) == {1}


def stored_times(folder: Folder) -> Counter[str]:
    """How many times each message key is in the event store."""
    store = EventStore.open(folder.data, derive_keys(folder.data, "event-store"))
    try:
        with store.cursor() as cursor:
            rows = cursor.execute("SELECT message_key::VARCHAR, count(*) FROM events GROUP BY 1").fetchall()
            return Counter(dict(rows))
    finally:
        store.close()


def test_a_synchronous_call_is_on_disk_when_it_returns(folder: Folder) -> None:
    with Server(folder) as server:
        with tracker_for(server, new_key(server), sync=True) as tracker:
            tracker.identify("amelia", {"title": "Owner"}, anonymous_id="visitor-1")
            tracker.group("amelia", "northgate", {"name": "Northgate"})
            tracker.track("amelia", "Quote Requested", {"quote_id": "q-1", "seats": 4})
        server.kill()
        wait_until(server.has_left, 30, "the children of a killed supervisor give up their ports")
        server.start().wait_until_ready()
        wait_until_loaded(folder, 3)
        status = folder.json("status")
        leads = folder.json("leads")
    assert (status["stored"], status["quarantined"]) == (3, 0)
    assert [lead["user_id"] for lead in leads] == ["amelia"]
