"""Receivers on loopback, and people whose stages move, for the tests of notifications."""

import itertools
import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import pytest
import requests

from leadline.notifications.addresses import read_address
from leadline.notifications.channels import make_channel
from leadline.notifications.models import Channel, Notice, Rule
from leadline.notifications.services import send
from leadline.notifications.templates import Message
from leadline.qualification import feed
from leadline.qualification.models import Standing
from leadline.tracking.models import Lead

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MICRO = 1_000_000
_numbers = itertools.count(1)


class Receiver:
    """A webhook. `answer` is the status it answers with; 0 closes the connection without one."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.answer = 200
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def address(self) -> str:
        """As Apprise has it, with a token in it."""
        return f"json://127.0.0.1:{self._server.server_port}/hooks/s3cret-token"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if receiver.answer == 0:
                    receiver.bodies.append(json.loads(body))
                    self.connection.close()
                    return
                if receiver.answer == 200:
                    receiver.bodies.append(json.loads(body))
                self.send_response(receiver.answer)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server's name
                del format, args

        return Handler

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Captured:
    """What Apprise would post, instead of posting it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch

    def texts(self, address: str, message: Message, field: str) -> list[str]:
        """The values of a field, anywhere in what is posted to the service of an address."""
        posted: list[Any] = []

        def post(*_: object, **named: Any) -> requests.Response:
            posted.append(named.get("data") or named.get("json"))
            answer = requests.Response()
            answer.status_code = 200
            answer._content = b"{}"
            return answer

        self._patch.setattr(requests, "post", post)
        self._patch.setattr(requests, "request", post)
        send(read_address(address, administrator=True), message, "key", private_allowed=True)
        return [text for each in posted for text in _values(json.loads(each) if isinstance(each, str) else each, field)]


def _values(found: Any, field: str) -> list[str]:
    if isinstance(found, list):
        return [text for each in found for text in _values(each, field)]
    if not isinstance(found, dict):
        return []
    here = [str(found[field])] if isinstance(found.get(field), str) else []
    return here + [text for value in found.values() for text in _values(value, field)]


def person(name: str = "Amelia Hart", stage: str = "qualified", **fields: Any) -> Standing:
    """Somebody who stands in a stage."""
    lead = Lead.objects.create(
        known=True, card={"name": name, "email": "amelia@northgate.test"}, first_seen_at=NOON - DAY, last_seen_at=NOON
    )
    values = {
        "stage": stage,
        "stage_since": NOON,
        "state": {},
        "total": 62 * MICRO,
        "engagement": 0,
        "readiness": 0,
        "conversion": 0,
        "grade": "B",
        "ruleset": 1,
        "scored_at": NOON,
        "reason": "Requested a quote for 4 bookkeepers",
    }
    return Standing.objects.create(lead=lead, **{**values, **fields})


def enters(row: Standing, at: datetime, stage: str = "qualified", grade: str = "B") -> None:
    """The feed tells that somebody entered a stage."""
    reasons = [{"code": "x", "sentence": "Requested a quote for 4 bookkeepers", "detail": {}}]
    detail = {"from": "conversion_signals", "to": stage, "reasons": reasons, "total": 62.0, "grade": grade, "owner": ""}
    feed.tell("stage_changed", row.pk, at, **detail)


def channel(address: str = "sam@leadline.test", **fields: Any) -> Channel:
    """A channel that an administrator made."""
    owner, enabled = fields.pop("owner", None), fields.pop("enabled", True)
    made = make_channel(f"Channel {next(_numbers)}", address, owner, administrator=True, **fields)
    made.enabled = enabled
    made.save()
    return made


def rule(*channels: Channel, **fields: Any) -> Rule:
    """A rule on entering Qualified, that looks from now on."""
    values: dict[str, Any] = {
        "name": "Qualified",
        "trigger": "stage",
        "conditions": {"stages": ["qualified"], "grades": []},
    }
    made = Rule.objects.create(**{**values, **fields})
    made.channels.set(channels)
    return made


def states() -> list[str]:
    """Of all notices, in their order."""
    return list(Notice.objects.order_by("pk").values_list("state", flat=True))
