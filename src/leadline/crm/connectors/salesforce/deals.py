"""Opportunities of contacts, by their contact roles: conversion makes one for the contact that a lead becomes.

Salesforce has no standard field for why a deal was lost, and says its currency only in orgs with several.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal

from leadline.crm.connectors.salesforce.calls import Row, SalesforceAPI, moment
from leadline.crm.connectors.salesforce.following import AT_ONCE
from leadline.crm.connectors.salesforce.names import pieces
from leadline.crm.connectors.salesforce.objects import Objects
from leadline.crm.connectors.salesforce.soql import among, select
from leadline.crm.records import RemoteDeal

OPPORTUNITY, ROLE = "Opportunity", "OpportunityContactRole"
ALWAYS = ("Id", "StageName", "IsWon", "IsClosed", "Amount", "CloseDate", "CreatedDate", "LastStageChangeDate")
CURRENCY = "CurrencyIsoCode"
LOST_REASONS = (
    "Loss_Reason__c", "Lost_Reason__c", "Closed_Lost_Reason__c", "Reason_Lost__c", "Reason_for_Loss__c", "LossReason__c"
)  # fmt: skip
"""What admins call it; the setting `lost_reason` names another one."""


class Deals:
    """Reads opportunities.

    Args:
        currency: of an org that has one only. lost_reason: the field, when it has another name than usual.
    """

    def __init__(self, api: SalesforceAPI, objects: Objects, currency: str, lost_reason: str) -> None:
        self._api, self._objects, self._currency, self._lost_reason = api, objects, currency, lost_reason

    def of(self, contacts: Sequence[str]) -> dict[str, tuple[RemoteDeal, ...]]:
        """{contact: its deals, the oldest first}; nothing where opportunities may not be seen."""
        there = self._objects.fields(OPPORTUNITY)
        if not contacts or not there or not self._objects.fields(ROLE):
            return {}
        reason = self._objects.first(OPPORTUNITY, filter(None, (self._lost_reason, *LOST_REASONS)))
        wanted = [name for name in (*ALWAYS, CURRENCY, reason) if name in there]
        found: dict[str, dict[str, RemoteDeal]] = {}
        for some in pieces(contacts, AT_ONCE):
            asked = ("ContactId", *(f"{OPPORTUNITY}.{name}" for name in wanted))
            for row in self._api.query(select(asked, ROLE, among("ContactId", some))):
                deal = deal_of(row["Opportunity"], self._currency, reason)
                found.setdefault(row["ContactId"], {})[deal.id] = deal
        return {contact: _in_order(deals.values()) for contact, deals in found.items()}


def _in_order(deals: Iterable[RemoteDeal]) -> tuple[RemoteDeal, ...]:
    return tuple(sorted(deals, key=lambda deal: (str(deal.opened_at), deal.id)))


def deal_of(row: Row, currency: str, reason: str) -> RemoteDeal:
    """One opportunity."""
    state = ("won" if row["IsWon"] else "lost") if row["IsClosed"] else "open"
    amount = row.get("Amount")
    return RemoteDeal(
        id=row["Id"],
        state=state,
        changed_at=changed_at(row, state),
        opened_at=moment(row["CreatedDate"]),
        amount=None if amount is None else Decimal(repr(amount)),
        currency=row.get(CURRENCY) or currency,
        lost_reason=str(row.get(reason) or "") if state == "lost" else "",
        stage=row["StageName"] or "",
    )


def changed_at(row: Row, state: str) -> datetime:
    """When it came to be so: when it was moved to its stage, or the close date when that was set back."""
    moved = moment(row.get("LastStageChangeDate") or row["CreatedDate"])
    if state == "open" or not row.get("CloseDate"):
        return moved
    closed = datetime.combine(datetime.fromisoformat(row["CloseDate"]).date(), time(), UTC)
    return closed if closed.date() < moved.date() or not row.get("LastStageChangeDate") else moved
