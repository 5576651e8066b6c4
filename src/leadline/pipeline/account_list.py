"""The companies that somebody asks for, in their order."""

from collections.abc import Callable, Mapping

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Lower

from leadline.qualification.account_wishes import AccountWish
from leadline.qualification.countries import country_code
from leadline.qualification.models import AccountStanding
from leadline.tracking.models import Account
from leadline.tracking.sole_traders import masked_accounts

MICRO = 1_000_000
ORDERS: Mapping[str, tuple[str, str]] = {
    "total": ("-total", "account_id"),
    "people": ("-people", "account_id"),
    "qualified": ("-qualified", "account_id"),
    "employees": ("-size", "account_id"),
    "name": ("called", "account_id"),
}
"""By the name of an order, its keys: fields, or what `accounts_that_fit` adds."""


def accounts_that_fit(wish: AccountWish) -> QuerySet[AccountStanding]:
    """Those that meet all conditions, not ordered."""
    found = AccountStanding.objects.all()
    if wish.search:
        domain = wish.search.removeprefix("@")
        found = found.filter(Q(account__name__icontains=wish.search) | Q(account__domain__icontains=domain))
        found = found.exclude(account__in=masked_accounts())  # an answer would tell what they are called
    for name, value in wish.conditions.items():
        found = found.filter(MEANINGS[name](value))
    if wish.sort == "employees":
        return found.annotate(size=Coalesce(F("account__employees"), 0))
    return found.annotate(called=Lower("account__name")) if wish.sort == "name" else found


def _at_home_in(country: str) -> Q:
    """However the companies' own words call it."""
    known = Account.objects.exclude(country="").values_list("country", flat=True).distinct()
    return Q(account__country__in=[each for each in known if country_code(each) == country_code(country)])


MEANINGS: Mapping[str, Callable[[str], Q]] = {
    "grade": lambda value: Q(grade=value),
    "qualified": lambda value: Q(qualified__gt=0) if value == "yes" else Q(qualified=0),
    "industry": lambda value: Q(account__industry__iexact=value),
    "country": _at_home_in,
    "total.min": lambda value: Q(total__gte=int(value) * MICRO),
    "people.min": lambda value: Q(people__gte=int(value)),
    "employees.min": lambda value: Q(account__employees__gte=int(value)),
    "employees.max": lambda value: Q(account__employees__lte=int(value)),
}
