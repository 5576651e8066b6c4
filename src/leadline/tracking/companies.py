"""Accounts: the companies that a segment names, and who belongs to them.

An account is found by its group id, by its name when no id was sent, or by the domain of its people's addresses. People
known by their address alone belong to the company that gave that domain as its own; without one, to an account that has
nothing but the domain, and goes when such a company turns up.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from leadline.privacy.lookup import LookupHasher
from leadline.tracking.addresses import company_domain, company_name
from leadline.tracking.chunks import CHUNK, chunks
from leadline.tracking.company_facts import CompanyFacts, Fact, facts_of
from leadline.tracking.memberships import COMPANY, EMAIL_DOMAIN, GROUP, STRENGTH, Belonging, stored_belonging
from leadline.tracking.models import Account, Profile
from leadline.tracking.normalise import Draft
from leadline.tracking.profiles import AddressBook

COMPANY_CLASSES = frozenset({"business", "competitor"})
"""The classes of addresses whose domain is a company's: not free, disposable, our own or a tester's."""


@dataclass
class CompanyBook:
    """The companies that one segment names, and who belongs to them.

    Attributes:
        members: identity -> what the segment says; after `save` also those whose company a new one took over.
        domains: digest -> domain, of addresses whose domain may be a company's.
    """

    hasher: LookupHasher
    addresses: AddressBook = field(default_factory=AddressBook)
    facts: dict[bytes, CompanyFacts] = field(default_factory=dict)
    members: dict[int, Belonging] = field(default_factory=dict)
    domains: dict[bytes, str] = field(default_factory=dict)

    def note(self, identity: int, draft: Draft) -> None:
        """Learn from a group message, or from the company traits or the address of an identify message."""
        facts = facts_of(draft.traits)
        basis, mark = self._named(draft, facts) or self._by_address(draft) or ("", b"")
        if not basis:
            return
        if basis != EMAIL_DOMAIN:
            self.facts.setdefault(mark, CompanyFacts()).note(facts, draft)
        said = Belonging(STRENGTH[basis], draft.occurred_micros, mark)
        self.members[identity] = max(said, self.members.get(identity, said))

    def _named(self, draft: Draft, facts: Mapping[str, Fact]) -> tuple[str, bytes] | None:
        group = (draft.group_id if draft.kind == "group" else None) or draft.traits.get("company_id")
        if group:
            return GROUP, self.hasher.digest("group", str(group))
        name = facts.get("name")
        return (COMPANY, self.hasher.digest("company", str(name).casefold().strip())) if name else None

    def _by_address(self, draft: Draft) -> tuple[str, bytes] | None:
        email = draft.traits.get("email") if draft.kind != "group" else None
        if not isinstance(email, str) or self.addresses.classify(email) not in COMPANY_CLASSES:
            return None
        domain = company_domain(email)
        if not domain:
            return None
        mark = self.hasher.digest("domain", domain)
        self.domains[mark] = domain
        return EMAIL_DOMAIN, mark

    def save(self) -> frozenset[int]:
        """Write accounts and memberships; a stronger or later membership stays. Returns the accounts told of."""
        accounts = _save_accounts(self.facts)
        profiles = _profiles(self.members)
        winners = {
            identity: said
            for identity, said in self.members.items()
            if identity not in profiles or said >= stored_belonging(profiles[identity])
        }
        by_address = {self.domains[said.mark] for said in winners.values() if said.basis == EMAIL_DOMAIN}
        holders = self._holders(by_address)
        rows = []
        for identity, said in winners.items():
            profile = profiles.get(identity) or Profile(identity_id=identity, traits={})
            by_domain = said.basis == EMAIL_DOMAIN
            profile.account = holders[self.domains[said.mark]] if by_domain else accounts[said.mark]
            profile.account_micros, profile.account_basis = said.micros, said.basis
            rows.append(profile)
        _write_memberships(rows)
        self._take_over({account.domain for account in accounts.values() if account.domain})
        return frozenset(account.pk for account in accounts.values())

    def _holders(self, domains: Collection[str]) -> dict[str, Account]:
        """The account of each domain, made where there is none. Of several the first by digest, so that the order of
        arrival does not matter."""
        found = self._companies(domains)
        made = {mark: domain for mark, domain in self.domains.items() if domain in domains and domain not in found}
        rows = _stored_accounts(made)
        new = [Account(digest=m, domain=d, name=company_name(d)) for m, d in made.items() if m not in rows]
        Account.objects.bulk_create(new, batch_size=CHUNK)
        return found | {account.domain: account for account in (*rows.values(), *new)}

    def _companies(self, domains: Iterable[str]) -> dict[str, Account]:
        """The companies that gave these domains as their own."""
        found: dict[str, Account] = {}
        for some in chunks(domains):
            for account in sorted(Account.objects.filter(domain__in=some), key=_by_digest):
                if bytes(account.digest) != self.hasher.digest("domain", account.domain):
                    found.setdefault(account.domain, account)
        return found

    def _take_over(self, domains: Collection[str]) -> None:
        """People known by an address go to the company that now has its domain, and what stood for it goes."""
        holders = self._companies(domains)
        for some in chunks(holders):
            self._move({domain: holders[domain] for domain in some})
            Account.objects.filter(digest__in=[self.hasher.digest("domain", domain) for domain in some]).delete()

    def _move(self, holders: Mapping[str, Account]) -> None:
        people = Profile.objects.filter(account_basis=EMAIL_DOMAIN, account__domain__in=list(holders))
        others = people.exclude(account__in=list(holders.values())).select_related("account").defer("traits")
        moved = list(others)
        for profile in moved:
            profile.account = account = holders[profile.account.domain if profile.account else ""]
            said = Belonging(STRENGTH[EMAIL_DOMAIN], profile.account_micros, bytes(account.digest))
            self.members.setdefault(profile.identity_id, said)
        Profile.objects.bulk_update(moved, ["account"], batch_size=CHUNK)


def _by_digest(account: Account) -> bytes:
    return bytes(account.digest)


def _profiles(identities: Iterable[int]) -> dict[int, Profile]:
    found: dict[int, Profile] = {}
    for some in chunks(identities):
        found |= Profile.objects.select_related("account").in_bulk(some)
    return found


def _write_memberships(rows: Iterable[Profile]) -> None:
    Profile.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["identity"],
        update_fields=["account", "account_micros", "account_basis"],
        batch_size=CHUNK,
    )


def _stored_accounts(digests: Iterable[bytes]) -> dict[bytes, Account]:
    found: dict[bytes, Account] = {}
    for some in chunks(digests):
        found |= {bytes(row.digest): row for row in Account.objects.filter(digest__in=some)}
    return found


def _save_accounts(facts: Mapping[bytes, CompanyFacts]) -> dict[bytes, Account]:
    accounts = _stored_accounts(facts)
    for digest, known in facts.items():
        known.apply(accounts.setdefault(digest, Account(digest=digest)))
    Account.objects.bulk_create(
        [accounts[digest] for digest in facts],
        update_conflicts=True,
        unique_fields=["digest"],
        update_fields=["name", "domain", "employees", "industry", "country", "stamps"],
        batch_size=CHUNK,
    )
    return _stored_accounts(facts)
