"""A deal's way from one state to the next as track events, each once. Pure.

An event's message id is made of the deal, of how often something of it was told before, and of what it says: told again
after a crash it is the same event, and a changed amount or a deal that was opened again is another one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from leadline.crm.records import RemoteDeal

OPENED, LOST = "Opportunity Opened", "Opportunity Lost"
WON, CANCELLED = "Deal Won", "Deal Cancelled"
EVENTS = (OPENED, LOST, WON, CANCELLED)
NAMESPACE = UUID("7c0d2a34-2f6c-5d7b-9a1e-0f4be7a5c9d1")
STEP = timedelta(milliseconds=1)
CENT, LARGEST = Decimal("0.01"), Decimal(10) ** 13
REASON_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Told:
    """What was last told of a deal.

    Attributes:
        state: "open", "won" or "lost"; empty when nothing was told.
        at: the moment that its last event carries. count: how often something was told.
    """

    state: str = ""
    amount: Decimal | None = None
    currency: str = ""
    lost_reason: str = ""
    opened_at: datetime | None = None
    at: datetime | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class DealEvent:
    """One track event."""

    message_id: str
    event: str
    at: datetime
    properties: Mapping[str, object]


def news(source: int, deal: RemoteDeal, told: Told, now: datetime) -> tuple[tuple[DealEvent, ...], Told]:
    """The events between what was told and what is, in their order, and what is told then.

    Args:
        source: the number of the event source that they come from.
        now: no event is of later.
    """
    wanted = _as_told(deal, told, now)
    if _same(told, wanted):
        return (), told
    names = list(_names(told, wanted))
    first = min(deal.opened_at or wanted.at or now, wanted.at or now)
    moments = [first if told.count == 0 and name == OPENED else wanted.at for name in names]
    events = tuple(
        _event(source, deal, name, (at or now) + STEP * place, wanted)
        for place, (name, at) in enumerate(zip(names, moments, strict=True))
    )
    last = max((event.at for event in events), default=wanted.at)
    return events, replace(wanted, at=last, opened_at=told.opened_at or first)


def _as_told(deal: RemoteDeal, told: Told, now: datetime) -> Told:
    """As it is. A change comes after what was told before, whatever day somebody entered for it."""
    at = min(deal.changed_at, now)
    if told.at is not None:
        at = max(at, told.at + STEP)
    amount = deal.amount.quantize(CENT) if deal.amount is not None and abs(deal.amount) < LARGEST else None
    currency = deal.currency[:3].upper() if amount is not None else ""
    reason = deal.lost_reason[:REASON_LENGTH] if deal.state == "lost" else ""
    return Told(deal.state, amount, currency, reason, told.opened_at, at, told.count + 1)


def _same(one: Told, other: Told) -> bool:
    return (one.state, one.amount, one.currency, one.lost_reason) == (
        other.state,
        other.amount,
        other.currency,
        other.lost_reason,
    )


def _names(told: Told, wanted: Told) -> Iterator[str]:
    priced = (told.amount, told.currency) != (wanted.amount, wanted.currency)
    if told.state == "won" and wanted.state != "won":
        yield CANCELLED
    anew = told.state in {"", "lost"} and wanted.state != told.state
    if anew or (told.state and wanted.state == "open" and priced):
        yield OPENED
    if wanted.state == "won" and (told.state != "won" or priced):
        yield WON
    if wanted.state == "lost":
        yield LOST


def _event(source: int, deal: RemoteDeal, name: str, at: datetime, wanted: Told) -> DealEvent:
    properties: dict[str, object] = {"opportunity_id": deal.id}
    if name in {WON, CANCELLED}:
        properties["deal_id"] = deal.id
    if name in {OPENED, WON} and wanted.amount is not None:
        properties |= {"amount": _number(wanted.amount), "currency": wanted.currency}
    if name in {LOST, CANCELLED} and wanted.lost_reason:
        properties["reason"] = wanted.lost_reason
    if deal.stage and name in {OPENED, WON}:
        properties["deal_stage"] = deal.stage
    said = f"{source}:{deal.id}:{wanted.count}:{name}:{wanted.amount}:{wanted.currency}:{wanted.lost_reason}"
    return DealEvent(str(uuid5(NAMESPACE, said)), name, at, properties)


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)
