"""Posts one signed message a lead or conversion (standardwebhooks.com). What an answer means:

2xx       taken                            401, 403  the signature or we are refused: the connection stops
404, 410  nobody takes messages any more   413, other 4xx  this message is refused, with the receiver's words
429, 5xx, none   later
"""

import binascii
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

import httpx
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from leadline.crm.connector import Opening
from leadline.crm.connectors.webhook.messages import Message, conversion_message, lead_message, trial_message
from leadline.crm.errors import CRMError, RejectedError, SetupError
from leadline.crm.http import RemoteAPI, Said
from leadline.crm.one_way import OneWay
from leadline.crm.records import About, Outcome, Outgoing, OutgoingEvent, Sent

NOBODY_THERE = frozenset({"404", "410"})
LONGEST_WORDS = 300
TYPE = "message"


class WebhookConnector(OneWay):
    """One receiver.

    Raises:
        SetupError: the address or the secret can't be one.
    """

    def __init__(self, opening: Opening) -> None:
        address = urlsplit(opening.settings.get("url", ""))
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise SetupError("A webhook needs an address.", advice="Give one that begins with https://.")
        self._path = (address.path or "/") + (f"?{address.query}" if address.query else "")
        self._sign, self._clock = _signer(opening.secrets.get("secret", "")), opening.clock
        origin = f"{address.scheme}://{address.netloc}"
        transport = opening.transport
        self._api = RemoteAPI(origin, opening.limits, opening.clock, dict, _said, transport=transport)
        self._host = address.hostname

    def check(self) -> About:
        """Post a message of type "leadline.test"."""
        self._post(trial_message())
        return About("Webhook", "Standard Webhooks 1", self._host, "", ("The receiver took a signed test message.",))

    def send(self, rows: Sequence[Outgoing]) -> Sequence[Sent]:
        """Post a message for each."""
        return self._post_all(((row.external_id, lead_message(row)) for row in rows), [bool(r.remote_id) for r in rows])

    def tell(self, events: Sequence[OutgoingEvent]) -> Sequence[Sent]:
        """Post a message for each; its id is the conversion's key."""
        return self._post_all(((each.remote_id, conversion_message(each)) for each in events), [False] * len(events))

    def _post_all(self, messages: Iterable[tuple[str, Message]], known: Sequence[bool]) -> list[Sent]:
        """One after the other. A receiver that does not answer the first one fails the call, later ones wait."""
        answers: list[Sent] = []
        trouble: CRMError | None = None
        for (name, message), again in zip(messages, known, strict=True):
            try:
                if trouble is None:
                    self._post(message)
                    answers.append(Sent(Outcome.UPDATED if again else Outcome.CREATED, name, TYPE))
                    continue
            except RejectedError as error:
                answers.append(
                    Sent(Outcome.REFUSED, code=error.vendor_code, message=error.message, advice=error.advice)
                )
                continue
            except CRMError as error:
                if not answers:
                    raise
                trouble = error
            answers.append(_later(trouble))
        return answers

    def _post(self, message: Message) -> None:
        """Raises:
        CRMError: it was not taken.
        """
        now = self._clock()
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._sign.sign(message.id, now, message.body),
        }
        try:
            self._api.call("POST", self._path, content=message.body.encode(), headers=headers)
        except RejectedError as error:
            if error.vendor_code in NOBODY_THERE:
                advice = "Correct the address, then test the connection."
                raise SetupError(f"{self._host} takes no messages there.", advice=advice) from error
            raise

    def close(self) -> None:
        """Let connections go."""
        self._api.close()


def _signer(secret: str) -> Webhook:
    try:
        return Webhook(secret)
    except (EmptyWebhookSecretError, binascii.Error, ValueError) as error:
        advice = "Use whsec_ and the output of 'openssl rand -base64 32', here and at the receiver."
        raise SetupError("The signing secret is not one of Standard Webhooks.", advice=advice) from error


def _said(answer: httpx.Response) -> Said:
    """The receiver's words, when they are words."""
    is_text = answer.headers.get("Content-Type", "").startswith(("text/plain", "application/json"))
    return Said(message=answer.text.strip()[:LONGEST_WORDS] if is_text else "")


def _later(error: CRMError) -> Sent:
    return Sent(Outcome.LATER, code=error.vendor_code or error.code, message=error.message, advice=error.advice)
