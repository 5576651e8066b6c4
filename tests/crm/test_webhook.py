"""The signed webhook: the conformance suite, and what a receiver sees."""

import json
from datetime import UTC, datetime

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from leadline.crm.connector import Opening
from leadline.crm.connectors.webhook import WebhookConnector
from leadline.crm.errors import CredentialsError, SetupError
from leadline.crm.limits import Limits
from leadline.crm.records import Outcome, Outgoing
from leadline.crm.testing.clock import FrozenClock
from leadline.crm.testing.conformance import ConnectorConformance
from leadline.crm.testing.harness import Harness
from leadline.crm.testing.webhook import SECRET, WebhookHarness, WebhookReceiver
from leadline.kernel.clock import utc_now

ROW = Outgoing("ll-1", {"score": 70}, whole={"score": 70, "name": "Ada"})


class TestWebhook(ConnectorConformance):
    """Conformance."""

    def make(self) -> Harness:
        return WebhookHarness()


@pytest.fixture
def harness() -> WebhookHarness:
    return WebhookHarness()


def test_a_message_is_signed_as_standard_webhooks_say_and_tells_the_whole_lead() -> None:
    seen: list[httpx.Request] = []
    transport = httpx.MockTransport(lambda request: seen.append(request) or httpx.Response(200))
    clock = utc_now
    opening = Opening({"url": "https://a.test/x?y=1"}, {"secret": SECRET}, Limits(9, 9), clock, transport=transport)
    WebhookConnector(opening).send([ROW])
    assert str(seen[0].url) == "https://a.test/x?y=1"
    message = Webhook(SECRET).verify(seen[0].content, dict(seen[0].headers))
    assert message == {
        "type": "lead.upserted",
        "data": {"external_id": "ll-1", "fields": {"name": "Ada", "score": 70}, "changed": ["score"]},
    }


def test_the_same_news_has_the_same_id_and_other_news_another(harness: WebhookHarness) -> None:
    connector = harness.open()
    for _ in range(2):
        connector.send([ROW])
    assert len(harness.receiver.had) == 1
    connector.send([Outgoing("ll-1", {"score": 71}, whole={"score": 71, "name": "Ada"})])
    assert len(harness.receiver.had) == 2


def test_what_the_receiver_says_about_a_lead_is_kept_in_its_words(harness: WebhookHarness) -> None:
    harness.refuse(["ll-1"])
    refused, taken = harness.open().send([ROW, Outgoing("ll-2", {}, whole={"score": 1})])
    assert (refused.outcome, refused.code) == (Outcome.REFUSED, "422")
    assert "on our block list" in refused.message
    assert taken.outcome is Outcome.CREATED


def test_after_the_first_that_is_not_answered_the_others_of_a_call_wait(harness: WebhookHarness) -> None:
    connector = harness.open()
    harness.receiver.refused = frozenset()
    original = harness.receiver.answer

    def fails_from_the_second(request: httpx.Request) -> httpx.Response:
        harness.receiver.down = 1 if harness.calls >= 1 else 0
        return original(request)

    harness.transport = httpx.MockTransport(fails_from_the_second)
    connector = harness.open()
    answers = connector.send([ROW, Outgoing("ll-2", {}), Outgoing("ll-3", {}), Outgoing("ll-4", {})])
    assert [each.outcome for each in answers] == [Outcome.CREATED, *[Outcome.LATER] * 3]
    assert harness.calls == 2


@pytest.mark.parametrize("status", [404, 410])
def test_a_receiver_that_is_gone_stops_the_connection(harness: WebhookHarness, status: int) -> None:
    harness.receiver.status = status
    with pytest.raises(SetupError, match="takes no messages there"):
        harness.open().send([ROW])


def test_a_wrong_secret_is_told_as_such(harness: WebhookHarness) -> None:
    harness.secrets = {"secret": "whsec_" + "b3RoZXItc2VjcmV0LW9mLXRoZS1zYW1lLWxlbmd0aC0="}
    with pytest.raises(CredentialsError, match="bad signature"):
        harness.open().check()


def test_a_test_of_the_connection_changes_nothing_there(harness: WebhookHarness) -> None:
    assert harness.open().check().account == "receiver.test"
    assert harness.records() == []


@pytest.mark.parametrize(
    ("url", "secret", "words"),
    [
        ("", SECRET, "needs an address"),
        ("ftp://a.test", SECRET, "needs an address"),
        ("https://a.test", "", "signing secret"),
        ("https://a.test", "whsec_!", "signing secret"),
    ],
)
def test_what_can_not_work_is_said_at_once(url: str, secret: str, words: str) -> None:
    opening = Opening({"url": url}, {"secret": secret}, Limits(9, 9), FrozenClock())
    with pytest.raises(SetupError, match=words):
        WebhookConnector(opening)


def test_the_public_receiver_refuses_old_messages() -> None:
    receiver = WebhookReceiver(lambda: datetime(2026, 3, 2, tzinfo=UTC))
    late = FrozenClock(datetime(2026, 3, 2, 1, tzinfo=UTC))
    opening = Opening({"url": receiver.url}, {"secret": SECRET}, Limits(9, 9), late, transport=receiver.transport())
    with pytest.raises(CredentialsError):
        WebhookConnector(opening).send([ROW])
    assert json.dumps(receiver.leads) == "{}"
