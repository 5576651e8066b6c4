"""What leads and accounts in a report's table are called."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from leadline.analytics.report import Column, Value, ValueKind
from leadline.privacy.sight import sight
from leadline.tracking.models import Account, Lead
from leadline.web.values import write
from leadline.web.words import person_name


@dataclass(frozen=True, slots=True)
class Names:
    """By number; who is not in it is called by the number."""

    leads: dict[int, str] = field(default_factory=dict)
    accounts: dict[int, str] = field(default_factory=dict)

    def of(self, kind: ValueKind, number: int) -> str:
        """The name of a lead or an account."""
        known = self.leads if kind is ValueKind.LEAD else self.accounts
        return known.get(number) or write(number, kind)


def names_in(columns: Sequence[Column], rows: Sequence[Sequence[Value]]) -> Names:
    """The names of everybody in these rows: a query for leads, one for accounts, none when there are none."""
    leads, accounts = (set(_numbers(columns, rows, kind)) for kind in (ValueKind.LEAD, ValueKind.ACCOUNT))
    owner = sight().owner
    people = Lead.objects.filter(pk__in=leads).only("card", "known") if leads else Lead.objects.none()
    people = people if owner is None else people.filter(standing__owner_user=owner)
    companies = Account.objects.filter(pk__in=accounts) if accounts else Account.objects.none()
    called = {account.pk: account.name for account in companies.only("name", "domain", "sole_trader")}
    return Names({lead.pk: person_name(lead.card, lead.pk, lead.known) for lead in people}, called)


def _numbers(columns: Sequence[Column], rows: Iterable[Sequence[Value]], kind: ValueKind) -> Iterable[int]:
    places = [place for place, column in enumerate(columns) if column.kind is kind]
    return (value for row in rows for place in places if isinstance(value := row[place], int))
