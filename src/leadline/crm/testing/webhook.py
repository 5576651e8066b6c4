"""A receiver of signed webhooks, in memory: checks signatures, knows by message id what it had before."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx
from standardwebhooks.webhooks import Webhook

from leadline.crm.connectors.webhook import KIND
from leadline.crm.records import RemoteRecord
from leadline.crm.testing.fake_harness import FakeHarness
from leadline.crm.testing.server import FakeServer
from leadline.kernel.clock import Clock

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


class WebhookReceiver(FakeServer):
    """What stands at the other end.

    Attributes:
        leads: {external id: fields}. told: how often each conversion was taken; a message that came before is none.
        status: what it answers to everything; 0: what fits.
    """

    def __init__(self, clock: Clock, url: str = "https://receiver.test/leadline?token=of-the-path") -> None:
        super().__init__(clock, url)
        self.status = 0
        self.had: set[str] = set()
        self.leads: dict[str, Mapping[str, Any]] = {}
        self.made_at: dict[str, datetime] = {}
        self.told: Counter[str] = Counter()

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self._one_too_many():
            return httpx.Response(429, text="slow down", headers=self._come_back())
        if self.status:
            return httpx.Response(self.status, text="not here")
        if self.locked or not self._is_signed(request):
            return httpx.Response(401, text="bad signature")
        message = json.loads(request.content)
        if message["data"].get("external_id") in self.refused:
            return httpx.Response(422, text="the e-mail address is on our block list")
        if request.headers["webhook-id"] not in self.had:
            self.had.add(request.headers["webhook-id"])
            self._keep(message)
        return httpx.Response(204)

    def _writes(self, request: httpx.Request) -> bool:
        return request.method == "POST"

    def _is_signed(self, request: httpx.Request) -> bool:
        """As `Webhook.verify`, but by the clock of the test."""
        sent_at = int(request.headers["webhook-timestamp"])
        if abs(self.now().timestamp() - sent_at) > TOO_FAR_SECONDS:
            return False
        moment = datetime.fromtimestamp(sent_at, tz=self.now().tzinfo)
        wanted = Webhook(SECRET).sign(request.headers["webhook-id"], moment, request.content.decode())
        return bool(request.headers["webhook-signature"] == wanted)

    def _keep(self, message: Mapping[str, Any]) -> None:
        data = message["data"]
        if message["type"] == "lead.upserted":
            self.leads[data["external_id"]] = data["fields"]
            self.made_at[data["external_id"]] = self.now()
        elif message["type"] == "lead.converted":
            self.told[data["key"]] += 1


class WebhookHarness(FakeHarness):
    """The receiver, as the conformance suite uses it."""

    kind, mapping = KIND, MAPPING
    score_field, stage_field = "score", "stage"
    calls_per_batch = KIND.batch
    backfill_rows = 2_000
    lacks = dict.fromkeys(("change", "delete", "merge", "skew", "expire_token"), "nothing can be asked of a receiver")

    def __init__(self) -> None:
        super().__init__()
        self.fake = self.receiver = WebhookReceiver(self.clock)
        self.settings, self.secrets = {"url": self.receiver.url}, {"secret": SECRET}
        self.transport = self.receiver.transport()

    def records(self) -> Sequence[RemoteRecord]:
        """Leads as the receiver has them."""
        made = self.receiver.made_at
        return [RemoteRecord(key, "message", made[key], key, row) for key, row in self.receiver.leads.items()]

    def told(self) -> Sequence[str]:
        """Keys of conversions."""
        return list(self.receiver.told.elements())
