"""Accounts: the companies that people belong to, by group id, or by name when no id was sent."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from leadline.privacy.lookup import LookupHasher
from leadline.tracking.chunks import CHUNK, chunks
from leadline.tracking.models import Account, Profile
from leadline.tracking.normalise import Draft
from leadline.tracking.scrub import host_of, looks_personal, without_nul

COUNT = re.compile(r"\s*[<>~]?\s*(\d{1,3}(?:,\d{3})+|\d+)")
LARGEST_COUNT = 10_000_000
Facts = dict[str, object]


@dataclass
class CompanyBook:
    """The companies that one segment names, and who belongs to them."""

    hasher: LookupHasher
    facts: dict[bytes, Facts] = field(default_factory=dict)
    members: dict[int, tuple[int, bytes]] = field(default_factory=dict)

    def note(self, identity: int, draft: Draft) -> None:
        """Learn from a group message, or from the company traits of an identify message."""
        facts = _facts(draft.traits)
        digest = self._digest(draft, facts)
        if digest is None:
            return
        known = self.facts.setdefault(digest, {})
        known.update({name: value for name, value in facts.items() if value not in (None, "")})
        self.members[identity] = max((draft.occurred_micros, digest), self.members.get(identity, (0, b"")))

    def _digest(self, draft: Draft, facts: Mapping[str, object]) -> bytes | None:
        group = (draft.group_id if draft.kind == "group" else None) or draft.traits.get("company_id")
        if group:
            return self.hasher.digest("group", str(group))
        name = facts.get("name")
        return self.hasher.digest("company", str(name).casefold().strip()) if name else None

    def save(self) -> None:
        """Write accounts and memberships; a later membership stays."""
        accounts = _save_accounts(self.facts)
        profiles = Profile.objects.select_related("account").in_bulk(list(self.members))
        rows = []
        for identity, (micros, digest) in self.members.items():
            profile = profiles.get(identity) or Profile(identity_id=identity, traits={})
            if (micros, digest) >= _membership(profile):
                profile.account, profile.account_micros = accounts[digest], micros
                rows.append(profile)
        Profile.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["identity"],
            update_fields=["account", "account_micros"],
            batch_size=CHUNK,
        )


def _membership(profile: Profile) -> tuple[int, bytes]:
    return profile.account_micros, bytes(profile.account.digest) if profile.account is not None else b""


def _stored_accounts(digests: Iterable[bytes]) -> dict[bytes, Account]:
    found: dict[bytes, Account] = {}
    for some in chunks(digests):
        found |= {bytes(row.digest): row for row in Account.objects.filter(digest__in=some)}
    return found


def _save_accounts(facts: Mapping[bytes, Facts]) -> dict[bytes, Account]:
    accounts = _stored_accounts(facts)
    for digest, known in facts.items():
        account = accounts.setdefault(digest, Account(digest=digest))
        for name, value in known.items():
            setattr(account, name, value)
    Account.objects.bulk_create(
        [accounts[digest] for digest in facts],
        update_conflicts=True,
        unique_fields=["digest"],
        update_fields=["name", "domain", "employees", "industry", "country"],
        batch_size=CHUNK,
    )
    return _stored_accounts(facts)


def _facts(traits: Mapping[str, object]) -> Facts:
    return {
        "name": _text(traits.get("company_name"), 200),
        "domain": _domain(traits.get("company_domain") or traits.get("domain") or traits.get("website")),
        "employees": _count(traits.get("employees")),
        "industry": _text(traits.get("industry"), 120),
        "country": _text(traits.get("country"), 80),
    }


def _text(value: object, length: int) -> str:
    """A company's facts are not secret, so that nothing personal may pass for one."""
    text = without_nul(value).strip() if isinstance(value, str) else ""
    return "" if looks_personal(text) else text[:length]


def _domain(value: object) -> str:
    text = _text(value, 200).lower()
    return ((host_of(text) if "://" in text else text.split("/")[0]) or "").removeprefix("www.")


def _count(value: object) -> int | None:
    """A headcount; "11-50" counts as its lower end."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    found = COUNT.match(str(value)[:40])
    return min(int(found[1].replace(",", "")), LARGEST_COUNT) if found else None


def accounts_of(identities: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Identity -> (when the membership began in microseconds, account)."""
    found: dict[int, tuple[int, int]] = {}
    for some in chunks(identities):
        rows = Profile.objects.filter(identity__in=some, account__isnull=False)
        for number, micros, account in rows.values_list("identity_id", "account_micros", "account_id"):
            found[number] = (micros, account or 0)
    return found
