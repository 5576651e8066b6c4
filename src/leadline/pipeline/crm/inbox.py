"""Takes what came back from a CRM (`Inbox`): who owns a lead, how far sales is with it, and its deals, which become
events and with them conversions and revenue."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from django.db import transaction

from leadline.crm.desired import Arrival, Taken
from leadline.crm.mapping import SyncMapping, read_mapping
from leadline.crm.models import Connection
from leadline.crm.records import RemoteDeal
from leadline.kernel.clock import Clock, to_micros, utc_now
from leadline.pipeline.crm.deals import DealEvent, Told, news
from leadline.pipeline.crm.leads import survivors_of
from leadline.pipeline.crm.sources import ensure_deal_source
from leadline.pipeline.crm.statuses import NOTHING, Came, take_owner, take_status
from leadline.pipeline.engine import Engine
from leadline.pipeline.models import ReportedDeal
from leadline.tracking.identity import IdentityKind
from leadline.tracking.models import Identity
from leadline.tracking.spool.record import SpoolRecord, encode_record

NAMES = {IdentityKind.USER_ID: "userId", IdentityKind.ANONYMOUS_ID: "anonymousId"}
encode = msgspec.json.Encoder().encode


class EngineInbox:
    """`Inbox` of an open installation."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine, self._clock = engine, clock

    def take(self, connection: str, arrivals: Sequence[Arrival]) -> Sequence[Taken]:
        """Durable when it returns.

        Raises:
            SpoolUnavailableError: the disk takes no more; nothing of the deals was noted.
            BusyError: the pipeline is busy with everybody. What was taken of the others before is only taken once.
        """
        row = Connection.objects.get(name=connection)
        mapping, now = read_mapping(row.mapping), self._clock()
        into = survivors_of([arrival.lead for arrival in arrivals])
        leads = [into.get(arrival.lead, arrival.lead) for arrival in arrivals]
        deals = self._take_deals(row, list(zip(leads, arrivals, strict=True)), now) if mapping.back_deals else {}
        return [
            self._taken(row, mapping, lead, arrival, now, deals.get(place, NOTHING))
            for place, (lead, arrival) in enumerate(zip(leads, arrivals, strict=True))
        ]

    def _taken(
        self, row: Connection, mapping: SyncMapping, lead: int, arrival: Arrival, now: datetime, came: Came
    ) -> Taken:
        if mapping.back_owner:
            came += take_owner(self._engine, row.name, lead, arrival)
        came += take_status(self._engine, row.name, mapping, lead, arrival, now)
        return Taken(arrival.lead, came.done, came.refused)

    def _take_deals(self, row: Connection, arrivals: Sequence[tuple[int, Arrival]], now: datetime) -> dict[int, Came]:
        """Their events are on disk before it is noted that they were told: told again, they have the same ids."""
        source = ensure_deal_source(row.name).pk
        told = _told(row, (deal for _, arrival in arrivals for deal in arrival.record.deals))
        names, messages, came = _names({lead for lead, _ in arrivals}), list[bytes](), dict[int, Came]()
        changed: dict[str, tuple[int, Told]] = {}
        for place, (lead, arrival) in enumerate(arrivals):
            for deal in arrival.record.deals if lead in names else ():
                events, told[deal.id] = news(source, deal, told.get(deal.id, Told()), now)
                if events:
                    messages += [_message(names[lead], event) for event in events]
                    changed[deal.id] = (lead, told[deal.id])
                    came[place] = came.get(place, NOTHING) + Came(
                        done=tuple(f"{each.event}: {deal.id}" for each in events)
                    )
        if messages:
            self._spool(source, messages, now)
            _note(row, changed, now)
        return came

    def _spool(self, source: int, messages: Iterable[bytes], now: datetime) -> None:
        record = SpoolRecord(source, to_micros(now), "import", b'{"batch":[' + b",".join(messages) + b"]}", {})
        with self._engine.spool_writer() as writer:
            writer.append_all([encode_record(record)])


def _told(row: Connection, deals: Iterable[RemoteDeal]) -> dict[str, Told]:
    rows = ReportedDeal.objects.filter(connection=row, remote_id__in={deal.id for deal in deals})
    return {
        each.remote_id: Told(
            each.state, each.amount, each.currency, each.lost_reason or "", each.opened_at, each.told_at, each.told
        )
        for each in rows
    }


@transaction.atomic
def _note(row: Connection, changed: dict[str, tuple[int, Told]], now: datetime) -> None:
    for deal, (lead, told) in changed.items():
        ReportedDeal.objects.update_or_create(
            connection=row,
            remote_id=deal,
            defaults={
                "lead_id": lead,
                "state": told.state,
                "amount": told.amount,
                "currency": told.currency,
                "lost_reason": told.lost_reason or None,
                "opened_at": told.opened_at or now,
                "told_at": told.at or now,
                "told": told.count,
            },
        )


def _names(leads: Iterable[int]) -> dict[int, dict[str, str]]:
    """How a message names each of these leads: by the id that the lead was made with, so that no new one is made."""
    rows = Identity.objects.filter(home__in=list(leads))
    return {row.home_id: {NAMES[IdentityKind(row.kind)]: row.value} for row in rows if row.home_id is not None}


def _message(who: dict[str, str], event: DealEvent) -> bytes:
    return encode(
        {
            **who,
            "type": "track",
            "event": event.event,
            "messageId": event.message_id,
            "timestamp": event.at.isoformat(),
            "properties": event.properties,
        }
    )
