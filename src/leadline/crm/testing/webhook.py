"""A receiver of signed webhooks, in memory: checks signatures, knows by message id what it had before."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx
from standardwebhooks.webhooks import Webhook

from leadline.crm.connectors.webhook import KIND
from leadline.crm.records import RemoteRecord
from leadline.crm.testing.harness import Harness

SECRET = "whsec_bGVhZGxpbmUtd2ViaG9vay1vZi10ZXN0cy0zMmJ5dGVz"  # noqa: S105  # a fake's
MAPPING = """
object: lead
who: {stages: [qualified, customer]}
fields:
  name: name
  email: email
  score: score
  stage: {from: stage, order: [profile_development, conversion_signals, qualified, customer], regress: false}
events: all
"""
TOO_FAR_SECONDS = 300


class WebhookReceiver:
    """What stands at the other end.

    Attributes:
        leads: {external id: fields}. told: how often each conversion was taken; a message that came before is none.
        down, lost, storm: calls that are not answered; that are taken, but not answered; that are too many.
    """

    def __init__(self, clock: Any, url: str = "https://receiver.test/leadline?token=of-the-path") -> None:
        self.clock, self.url = clock, url
        self.calls, self.down, self.lost, self.storm, self.status = 0, 0, 0, 0, 0
        self.retry_after: float | None = None
        self.refused: frozenset[str] = frozenset()
        self.had: set[str] = set()
        self.leads: dict[str, Mapping[str, Any]] = {}
        self.made_at: dict[str, datetime] = {}
        self.told: Counter[str] = Counter()

    def transport(self) -> httpx.MockTransport:
        """For a client in the same process."""
        return httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What comes back for one message."""
        self.calls += 1
        if self.down:
            self.down -= 1
            raise httpx.ConnectError("no route", request=request)
        if self.storm:
            self.storm -= 1
            headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
            return httpx.Response(429, text="slow down", headers=headers)
        answer = self._take(request)
        if self.lost:
            self.lost -= 1
            raise httpx.ReadTimeout("no answer", request=request)
        return answer

    def _take(self, request: httpx.Request) -> httpx.Response:
        if self.status:
            return httpx.Response(self.status, text="not here")
        if not self._is_signed(request):
            return httpx.Response(401, text="bad signature")
        message = json.loads(request.content)
        if message["data"].get("external_id") in self.refused:
            return httpx.Response(422, text="the e-mail address is on our block list")
        if request.headers["webhook-id"] not in self.had:
            self.had.add(request.headers["webhook-id"])
            self._keep(message)
        return httpx.Response(204)

    def _is_signed(self, request: httpx.Request) -> bool:
        """As `Webhook.verify`, but by the clock of the test."""
        sent_at = int(request.headers["webhook-timestamp"])
        if abs(self.clock().timestamp() - sent_at) > TOO_FAR_SECONDS:
            return False
        moment = datetime.fromtimestamp(sent_at, tz=self.clock().tzinfo)
        wanted = Webhook(SECRET).sign(request.headers["webhook-id"], moment, request.content.decode())
        return bool(request.headers["webhook-signature"] == wanted)

    def _keep(self, message: Mapping[str, Any]) -> None:
        data = message["data"]
        if message["type"] == "lead.upserted":
            self.leads[data["external_id"]] = data["fields"]
            self.made_at[data["external_id"]] = self.clock()
        elif message["type"] == "lead.converted":
            self.told[data["key"]] += 1


class WebhookHarness(Harness):
    """The receiver, as the conformance suite uses it."""

    kind, mapping = KIND, MAPPING
    score_field, stage_field = "score", "stage"
    calls_per_batch = KIND.batch
    backfill_rows = 2_000
    lacks = dict.fromkeys(("change", "delete", "merge", "skew", "expire_token"), "nothing can be asked of a receiver")

    def __init__(self) -> None:
        super().__init__()
        self.receiver = WebhookReceiver(self.clock)
        self.settings, self.secrets = {"url": self.receiver.url}, {"secret": SECRET}
        self.transport = self.receiver.transport()

    @property
    def calls(self) -> int:
        """Messages that came."""
        return self.receiver.calls

    def records(self) -> Sequence[RemoteRecord]:
        """Leads as the receiver has them."""
        made = self.receiver.made_at
        return [RemoteRecord(key, "message", made[key], key, row) for key, row in self.receiver.leads.items()]

    def told(self) -> Sequence[str]:
        """Keys of conversions."""
        return list(self.receiver.told.elements())

    def refuse(self, external_ids: Collection[str]) -> None:
        """Its words are text."""
        self.receiver.refused = frozenset(external_ids)

    def down(self, calls: int) -> None:
        """Nobody answers."""
        self.receiver.down = calls

    def lose_answers(self, calls: int) -> None:
        """Taken, and not answered."""
        self.receiver.lost = calls

    def storm(self, calls: int, retry_after: float | None) -> None:
        """Too many."""
        self.receiver.storm, self.receiver.retry_after = calls, retry_after

    def revoke(self) -> None:
        """Another secret at the other end looks like this."""
        self.receiver.status = 401

    def admit(self) -> None:
        """The right one again."""
        self.receiver.status = 0
