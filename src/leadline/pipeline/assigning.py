"""Owners for qualified leads that nobody owns, by the sales team's territories and capacities.

With no seller configured nothing happens. A lead for which nobody was found is tried again with each tick; the feed
says so once for each reason.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q

from leadline.pipeline.changes import note_rescored
from leadline.pipeline.engine import Engine
from leadline.qualification import feed, sales
from leadline.qualification.assignment import Assignment, Candidate, Region, Waiting, assign
from leadline.qualification.countries import country_code
from leadline.qualification.models import Seller, Standing, Territory
from leadline.qualification.sales import Speaker
from leadline.qualification.stages import Stage

AT_ONCE = 500
"""So many at a time, those who wait longest first; the next ones only while anybody has room, so that a team that is
full slows no tick down, and a full territory does not keep the others waiting."""
MOST = 10_000
RULES = Speaker("assignment rules", "rules")
OUT_OF_WORK = (Stage.CUSTOMER, Stage.DISQUALIFIED, Stage.RECYCLED, "")
OPEN = (Q(stage=Stage.QUALIFIED) | Q(accepted_at__isnull=False)) & Q(rejection="") & ~Q(stage__in=OUT_OF_WORK)
"""The leads that count for a seller's capacity: qualified or accepted, and neither won, lost nor turned down."""
WAITING = Q(stage=Stage.QUALIFIED, owner_user=None, owner="", rejection="")


def assign_waiting(engine: Engine, now: datetime) -> int:
    """Give every qualified lead that nobody owns to somebody who has room. Returns how many found an owner."""
    if not Seller.objects.exists():
        return 0
    with engine.lock:
        waiting = Standing.objects.filter(WAITING).order_by("stage_since", "pk")
        leads = list(waiting.values_list("pk", "stage_since", "lead__last_seen_at")[:MOST])
        seen = leads, candidates(), regions()
        if seen == engine.unassigned:
            return 0
        done = _assign(engine, [lead for lead, *_ in leads], now)
        engine.unassigned = None if done else seen
        return done


def _assign(engine: Engine, leads: Sequence[int], now: datetime) -> int:
    done = 0
    for start in range(0, len(leads), AT_ONCE):
        sellers = candidates()
        if start and not any(seller.has_room for seller in sellers):
            break
        done += _carry_out(engine, _rows(leads[start : start + AT_ONCE]), sellers, now)
    return done


def assign_one(engine: Engine, lead: int, now: datetime) -> bool:
    """Let the rules choose an owner for a lead, also when it has one. False when they find nobody else."""
    with engine.lock:
        rows = _rows([lead])
        owners = {row.owner_user_id for row in rows}
        return _carry_out(engine, rows, [each for each in candidates() if each.number not in owners], now) == 1


def _rows(leads: Sequence[int]) -> list[Standing]:
    rows = Standing.objects.filter(pk__in=leads).order_by("stage_since", "pk").defer("state")
    return list(rows.select_related("lead__account"))


def candidates() -> list[Candidate]:
    """The sellers and how many open leads each has."""
    counts = dict(Standing.objects.filter(OPEN).values_list("owner_user").annotate(count=Count("pk")).order_by())
    rows = Seller.objects.select_related("user").filter(user__is_active=True).order_by("pk")
    return [
        Candidate(row.pk, str(row.user), row.capacity, row.available, counts.get(row.pk, 0), row.last_assigned_at)
        for row in rows
    ]


def regions() -> list[Region]:
    """The territories by position."""
    rows = Territory.objects.prefetch_related("sellers")
    return [
        Region(row.name, frozenset(map(country_code, row.countries)), frozenset(each.pk for each in row.sellers.all()))
        for row in rows
    ]


def _carry_out(engine: Engine, rows: Sequence[Standing], sellers: Sequence[Candidate], now: datetime) -> int:
    if not rows:
        return 0
    by_lead = {row.lead_id: row for row in rows}
    made = assign([Waiting(row.lead_id, _country(row)) for row in rows], regions(), sellers, now)
    with transaction.atomic():
        _tell_unassigned(by_lead, [each for each in made if each.seller is None])
        given = [each.lead for each in made if each.seller is not None and _keep(each, now)]
    note_rescored(engine, given)
    return len(given)


def _tell_unassigned(rows: Mapping[int, Standing], made: Sequence[Assignment]) -> None:
    """Once for each reason. A lead that has an owner keeps it."""
    waiting = ((rows[each.lead], each.why) for each in made)
    feed.tell_all(
        feed.told("unassigned", row.lead_id, row.stage_since, why, why=why) for row, why in waiting if not row.owner
    )


def _keep(made: Assignment, now: datetime) -> bool:
    seller = Seller.objects.select_related("user").get(pk=made.seller)
    if not sales.assign(made.lead, seller.user, now, RULES, made.why):
        return False
    Seller.objects.filter(pk=seller.pk).update(last_assigned_at=made.at)
    return True


def _country(row: Standing) -> str:
    """The person's, else their company's."""
    card, account = row.lead.card or {}, row.lead.account
    return card.get("country") or (account.country if account else "")
