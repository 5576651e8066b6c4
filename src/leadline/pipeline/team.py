"""The sales team: who sells, how much each takes on, and which countries are whose. The commands of `leadline team`."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from leadline.accounts.models import User
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.pipeline.assigning import assign_waiting, candidates
from leadline.pipeline.engine import Engine
from leadline.pipeline.sales import locked, user_named
from leadline.qualification.countries import country_code, country_name, is_country
from leadline.qualification.models import Seller, Territory

HIGHEST = 1_000_000
ANY_NUMBER = -1
"""As a capacity: no limit. An argument that is left out changes nothing."""


def team_list(engine: Engine) -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """Sellers with their capacity and open leads, and territories in the order in which they are tried."""
    open_leads = {each.number: each.open for each in candidates()}
    territories = Territory.objects.prefetch_related("sellers__user")
    return {
        "sellers": [_seller(row, open_leads.get(row.pk, 0)) for row in _sellers()],
        "territories": [_territory(row) for row in territories],
    }


def team_set(
    engine: Engine, user: str, capacity: int | None = None, available: bool | None = None, remove: bool = False
) -> dict[str, Any]:
    """Make a user a seller, change what one takes on, or take one out of the team; their leads stay theirs.

    Args:
        capacity: how many open leads at most; -1: any number; None leaves it as it is.
    """
    found = user_named(user)
    if capacity is not None and not ANY_NUMBER <= capacity <= HIGHEST:
        advice = f"Give 0 to {HIGHEST:,}, or -1 for no limit."
        raise TerminalError(f"A capacity of {capacity} makes no sense.", advice=advice)
    with locked(engine):
        with transaction.atomic():
            _keep_seller(found, capacity, available, remove=remove)
        assign_waiting(engine, utc_now())
    return team_list(engine)


def _keep_seller(user: User, capacity: int | None, available: bool | None, *, remove: bool) -> None:
    if remove:
        Seller.objects.filter(pk=user.pk).delete()
        return
    row, _ = Seller.objects.get_or_create(user=user)
    row.capacity = row.capacity if capacity is None else None if capacity == ANY_NUMBER else capacity
    row.available = row.available if available is None else available
    row.save(update_fields=["capacity", "available"])


def territory_set(
    engine: Engine,
    name: str,
    countries: Sequence[str] | None = None,
    sellers: Sequence[str] | None = None,
    position: int | None = None,
    remove: bool = False,
) -> dict[str, Any]:
    """Make, change or remove a territory. What is None stays as it is; no countries at all means every country.

    Args:
        sellers: e-mail addresses of sellers.
        position: the first that has a lead's country counts; a new one comes last.
    """
    wanted = name.strip()[:80]
    if not wanted:
        raise TerminalError("A territory needs a name.", advice='Such as "Nordics".')
    if position is not None and not 0 <= position <= HIGHEST:
        raise TerminalError(f"A position of {position} makes no sense.", advice=f"Give 0 to {HIGHEST:,}.")
    with locked(engine):
        with transaction.atomic():
            if remove:
                _remove(wanted)
            else:
                _keep(wanted, countries, sellers, position)
        assign_waiting(engine, utc_now())
    return team_list(engine)


def _keep(name: str, countries: Sequence[str] | None, sellers: Sequence[str] | None, position: int | None) -> None:
    row, _ = Territory.objects.get_or_create(name=name, defaults={"position": Territory.objects.count()})
    if countries is not None:
        row.countries = _codes(countries)
    if position is not None:
        row.position = position
    row.save()
    if sellers is not None:
        row.sellers.set([_seller_named(each) for each in sellers if each.strip()])


def _remove(name: str) -> None:
    if not Territory.objects.filter(name=name).delete()[0]:
        raise NotFoundError(f"There is no territory {name!r}.", advice="`leadline team list` shows them.")


def _codes(countries: Sequence[str]) -> list[str]:
    """Each once, as ISO 3166 codes.

    Raises:
        TerminalError: one is in no list.
    """
    named = [each.strip() for each in countries if each.strip()]
    unknown = [each for each in named if not is_country(each)]
    if unknown:
        advice = "Use English names or ISO codes: Germany, DE, United Kingdom, GB."
        raise TerminalError(f"{unknown[0]!r} is no country.", advice=advice)
    return list(dict.fromkeys(map(country_code, named)))


def _seller_named(email: str) -> Seller:
    found = user_named(email)
    row = Seller.objects.filter(pk=found.pk).first()
    if row is None:
        raise NotFoundError(f"{email} is no seller.", advice=f"Make them one first: leadline team set {email}")
    return row


def _sellers() -> list[Seller]:
    return list(Seller.objects.select_related("user").prefetch_related("territories").order_by("user__email"))


def _seller(row: Seller, open_leads: int) -> dict[str, Any]:
    return {
        "user": row.user.email,
        "name": str(row.user),
        "capacity": row.capacity,
        "open": open_leads,
        "available": row.available,
        "last_assigned_at": row.last_assigned_at.isoformat() if row.last_assigned_at else None,
        "territories": [territory.name for territory in row.territories.all()],
    }


def _territory(row: Territory) -> dict[str, Any]:
    return {
        "name": row.name,
        "position": row.position,
        "countries": list(row.countries),
        "country_names": [country_name(code) for code in row.countries],
        "sellers": [seller.user.email for seller in row.sellers.all()],
    }
