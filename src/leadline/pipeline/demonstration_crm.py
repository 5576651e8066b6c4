"""The demonstration's sandbox CRM: connected as if it had been there from the first day.

Its records stand where the simulated sales team has brought them. That history came by the platform's own events, so
these states are noted on the links and told to nobody a second time: the sync runs with an inbox that takes nothing,
and each deal counts as reported. What somebody does on /crm/sandbox from then on comes back by the sync as from any
CRM; of such people the simulated team keeps its hands.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from leadline.crm import leasing, syncing
from leadline.crm.connectors.sandbox import KIND
from leadline.crm.connectors.sandbox.words import ACCEPTED, CONTACTED, DEAL, LOST, NEW, WON
from leadline.crm.desired import Arrival, Taken, WhoRule
from leadline.crm.models import Connection, Link, SandboxRecord
from leadline.crm.records import LocalRecord
from leadline.demo.lives import CRM, Life
from leadline.demo.messages import SimulatedRequest
from leadline.demo.platform import Platform
from leadline.demo.sales_team import Answer
from leadline.pipeline.crm.connections import crm_connect
from leadline.pipeline.crm.deals import EVENTS
from leadline.pipeline.crm.leads import EngineLeads
from leadline.pipeline.crm.running import crm_sync
from leadline.pipeline.engine import Engine
from leadline.pipeline.models import ReportedDeal
from leadline.qualification.models import SalesAction, Standing, Transition
from leadline.qualification.stages import Stage
from leadline.tracking.identity import IdentityKind
from leadline.tracking.models import Identity

NAME, BY = "sandbox", "demonstration"
EVERY_SECONDS = 30
FROM_THE_BEGINNING = "1|0"
OPENED, LOST_EVENT, WON_EVENT = "Opportunity Opened", "Opportunity Lost", "Deal Won"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands in the history."""

    status: str
    owner: str
    at: datetime
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    amount: Decimal | None = None
    currency: str = ""
    lost_reason: str = ""


class _ToldAlready:
    """The inbox of what the history has already."""

    def take(self, connection: str, arrivals: Sequence[Arrival]) -> Sequence[Taken]:  # noqa: ARG002  # of an Inbox
        """Nothing is said again."""
        return [Taken(arrival.lead) for arrival in arrivals]


class _EverQualified(EngineLeads):
    """Everybody whom a CRM would have if it had been connected all along."""

    def stamps(self, who: WhoRule, linked: Iterable[int]) -> Mapping[int, int]:
        """Of those too who were qualified once."""
        return super().stamps(who, {*linked, *_once_qualified()})

    def records(self, who: WhoRule, leads: Sequence[int]) -> Sequence[LocalRecord]:
        """They are wanted as well."""
        once = _once_qualified()
        return [replace(each, wanted=each.wanted or each.lead in once) for each in super().records(who, leads)]


def sandbox_of_demonstration() -> Connection | None:
    """The connection, unless somebody removed it."""
    return Connection.objects.filter(name=NAME, kind=KIND.name).first()


def plant_sandbox(engine: Engine, platform: Platform, now: datetime) -> None:
    """Connect the sandbox CRM and bring its records to where the history is."""
    crm_connect(engine, NAME, KIND.name, mapping=_mapping(engine), every_seconds=EVERY_SECONDS, by=BY)
    bring_up(engine, platform, platform.origin, now, worked=())


def bring_up(engine: Engine, platform: Platform, began: datetime, now: datetime, worked: Collection[int]) -> None:
    """Let records follow what the simulated team did since `began`, except those that people have worked on."""
    row = sandbox_of_demonstration()
    if row is None:
        return
    leads, silent = _EverQualified(engine), _ToldAlready()
    _run(row, leads, silent)
    links = dict(Link.objects.filter(connection=row).values_list("external_id", "lead"))
    places = _places(platform.lives(began, now), {*links.values()} - {*worked}, now)
    for record in SandboxRecord.objects.filter(connection=row, deleted_at=None):
        place = places.get(links.get(record.external_id, 0))
        if place is not None:
            _move(row, record, links[record.external_id], place)
    Connection.objects.filter(pk=row.pk).update(cursor=FROM_THE_BEGINNING)
    _run(row, leads, silent)
    engine.changes.note_rescored(list(links.values()))


def hear_people(engine: Engine) -> frozenset[int]:
    """Bring in what people did in the sandbox CRM, and tell which leads they have in hand."""
    row = sandbox_of_demonstration()
    if row is None:
        return frozenset()
    leasing.free_all()  # no server is up while a demonstration is filled
    crm_sync(engine, row.name, by=BY)
    deals = ReportedDeal.objects.filter(connection=row, told__gt=0).values_list("lead", flat=True)
    said = SalesAction.objects.filter(via="crm", by=row.name).values_list("lead", flat=True)
    return frozenset(deals) | frozenset(said)


def users_of(leads: Collection[int]) -> frozenset[str]:
    """The platform's ids of leads."""
    rows = Identity.objects.filter(lead__in=list(leads), kind=IdentityKind.USER_ID)
    return frozenset(row.value for row in rows)


def others_answers(answers: Iterable[Answer], users: Collection[str]) -> list[Answer]:
    """What the simulated team says of people whom nobody has in hand."""
    return [answer for answer in answers if answer.user_id not in users]


def others_requests(requests: Iterable[SimulatedRequest], users: Collection[str]) -> Iterator[SimulatedRequest]:
    """What the simulated CRM says, without the deals of people whom somebody has in hand; all else as it is."""
    for each in requests:
        deal = each.source == CRM and each.message.get("event") in (OPENED, LOST_EVENT, WON_EVENT)
        if not (deal and each.message.get("userId") in users):
            yield each


def _run(row: Connection, leads: EngineLeads, inbox: _ToldAlready) -> None:
    row.refresh_from_db()
    leasing.free_all()  # no server is up while a demonstration is filled
    syncing.run(row, leads, inbox, by=BY)


def _mapping(engine: Engine) -> str:
    """The kind's own, without telling the CRM of its deals."""
    told = [rule.name for rule in engine.ruleset.conversions if rule.event not in EVENTS]
    return KIND.mapping.replace("events: all", f"events: [{', '.join(told)}]")


def _once_qualified() -> frozenset[int]:
    rows = Transition.objects.filter(to_stage=Stage.QUALIFIED, lead__merged_into=None)
    return frozenset(rows.values_list("lead", flat=True))


def _places(lives: Iterable[Life], leads: Collection[int], now: datetime) -> dict[int, Place]:
    """Where each of these leads stands with sales."""
    standings = Standing.objects.filter(pk__in=list(leads)).select_related("owner_user").in_bulk()
    rows = Identity.objects.filter(lead__in=list(standings), kind=IdentityKind.USER_ID)
    users = {row.value: row.lead_id for row in rows if row.lead_id is not None}
    return {
        users[life.person.user_id]: place_of(life, standings[users[life.person.user_id]], now)
        for life in lives
        if life.person.user_id in users
    }


def place_of(life: Life, standing: Standing, now: datetime) -> Place:
    """Where a record stands: the deal when there is one, else what sales said."""
    place = _without_deal(standing)
    for moment in sorted(life.moments, key=lambda each: each.at):
        if moment.source == CRM and moment.at < now:
            place = _after(place, moment.event, moment.at, moment.values)
    return place


def _after(place: Place, event: str, at: datetime, said: Mapping[str, object]) -> Place:
    if event not in (OPENED, LOST_EVENT, WON_EVENT):
        return place
    if "amount" in said:
        place = replace(place, amount=Decimal(str(said["amount"])), currency=str(said["currency"]))
    if event == OPENED:
        return replace(place, status=DEAL, at=at, opened_at=at, closed_at=None, lost_reason="")
    closed = replace(place, at=at, opened_at=place.opened_at or at, closed_at=at)
    if event == LOST_EVENT:
        return replace(closed, status=LOST, lost_reason=str(said.get("reason", "")).capitalize())
    return replace(closed, status=WON, lost_reason="")


def _without_deal(standing: Standing) -> Place:
    owner = standing.owner_user.email if standing.owner_user else ""
    if standing.rejection:
        at = standing.rejected_at or standing.stage_since
        return Place(LOST, owner, at, closed_at=at, lost_reason=standing.rejection.replace("_", " ").capitalize())
    if standing.contacted_at:
        return Place(CONTACTED, owner, standing.contacted_at)
    if standing.accepted_at:
        return Place(ACCEPTED, owner, standing.accepted_at)
    return Place(NEW, owner, standing.stage_since)


def _move(row: Connection, record: SandboxRecord, lead: int, place: Place) -> None:
    record.status, record.owner, record.updated_at = place.status, place.owner, place.at
    record.opened_at, record.closed_at = place.opened_at, place.closed_at
    record.amount, record.currency, record.lost_reason = place.amount, place.currency, place.lost_reason
    record.save()
    if place.opened_at is None:
        return
    states = {DEAL: "open", LOST: "lost", WON: "won"}
    said = {
        "lead_id": lead,
        "state": states[place.status],
        "amount": place.amount,
        "currency": place.currency,
        "lost_reason": place.lost_reason,
        "opened_at": place.opened_at,
        "told_at": place.at,
    }
    ReportedDeal.objects.update_or_create(connection=row, remote_id=f"deal-{record.pk}", defaults=said)
