"""Companies that are one person: a sole trader's company bears their name, and is theirs as their name is.

A company is taken for a sole trader's while one person alone is known of it, and their family name is a word of its
name or stands in its domain. Whoever may not see people reads a mask in its place (`models.Account`).
"""

from collections.abc import Collection, Iterator, Mapping

from django.db.models import Count, Max

from leadline.privacy.sight import EVERYTHING, sight
from leadline.tracking.chunks import chunks
from leadline.tracking.models import Account, Lead
from leadline.tracking.name_words import words_of

SHORTEST_IN_DOMAIN = 4
"""Letters of a family name that is looked for within a domain: "li" stands in half of them."""


def bears_the_name(company: str, domain: str, card: Mapping[str, str] | None) -> bool:
    """Whether a company is called like a person."""
    family = family_name(card or {})
    if not family:
        return False
    within = len(family) >= SHORTEST_IN_DOMAIN and family in "".join(words_of(domain.rpartition(".")[0]))
    return within or any(word in (family, f"{family}s") for word in words_of(company))


def family_name(card: Mapping[str, str]) -> str:
    """The last word of a person's last name, or of their name; nothing for one of a single word."""
    if last := words_of(card.get("last_name", "")):
        return last[-1]
    words = words_of(card.get("name", ""))
    return words[-1] if len(words) > 1 else ""


def masked_accounts() -> list[int]:
    """The companies that whoever asks may neither see nor search by: persons whom they don't see."""
    if sight() == EVERYTHING:
        return []
    found = Account.objects.filter(sole_trader=True)
    found = found.exclude(leads__standing__owner_user=sight().owner) if sight().people else found
    return list(found.values_list("pk", flat=True))


def settle(accounts: Collection[int]) -> None:
    """Say of each of these companies whether it is a sole trader's."""
    for some in chunks(accounts):
        theirs = set(_of_sole_traders(some))
        for number, was in Account.objects.filter(pk__in=some).values_list("pk", "sole_trader"):
            if was != (number in theirs):
                Account.objects.filter(pk=number).update(sole_trader=not was)


def _of_sole_traders(accounts: Collection[int]) -> Iterator[int]:
    people = Lead.objects.filter(account__in=accounts, merged_into=None).order_by()
    alone = dict(people.values("account").annotate(count=Count("pk")).filter(count=1).values_list("account", Max("pk")))
    cards = {lead.pk: lead.card for lead in Lead.objects.filter(pk__in=alone.values()).only("card")}
    for account in Account.objects.filter(pk__in=alone):
        if bears_the_name(account.name, account.domain, cards[alone[account.pk]]):
            yield account.pk
