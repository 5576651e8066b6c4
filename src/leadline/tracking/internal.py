"""The rules that say who our own people are: kept, checked, and applied to the people who are there already."""

import ipaddress
from collections.abc import Callable, Mapping

from django.db.models import Q

from leadline.kernel.errors import ConfigurationError, NotFoundError
from leadline.tracking.addresses import DISPOSABLE, FREE_MAIL
from leadline.tracking.chunks import chunks
from leadline.tracking.models import Identity, IdentityClaim, InternalRule, Lead
from leadline.tracking.noise import ANY_SUBDOMAIN, NoiseRules, is_internal_address
from leadline.tracking.scrub import host_of

Kind = InternalRule.Kind
SHORTEST_AGENT = 3
"""A shorter part of a user agent is in too many of them."""


def load_rules() -> NoiseRules:
    """The rules as the record store has them, without networks, which only the collector can judge."""
    values: dict[str, list[str]] = {}
    for kind, value in InternalRule.objects.order_by("pk").values_list("kind", "value"):
        values.setdefault(kind, []).append(value.lower())
    return NoiseRules(
        frozenset(values.get(Kind.HOST, ())),
        frozenset(values.get(Kind.EMAIL_DOMAIN, ())),
        tuple(values.get(Kind.USER_AGENT, ())),
    )


def rule_for(kind: str, value: str) -> InternalRule:
    """A rule in the form in which it is kept; it is not saved.

    Raises:
        ConfigurationError: the kind or the value cannot be.
    """
    named = kind_named(kind)
    return InternalRule(kind=named, value=CANONICAL[named](value.strip()))


def add_rule(kind: str, value: str, note: str = "") -> InternalRule:
    """Add a rule; one that is there already stays, with the new note if there is one.

    Raises:
        ConfigurationError: the kind or the value cannot be.
    """
    wanted = rule_for(kind, value)
    rule, made = InternalRule.objects.get_or_create(kind=wanted.kind, value=wanted.value, defaults={"note": note[:200]})
    if note and not made:
        rule.note = note[:200]
        rule.save(update_fields=["note"])
    return rule


def remove_rule(kind: str, value: str) -> InternalRule:
    """Remove a rule, which is returned.

    Raises:
        ConfigurationError: the kind or the value cannot be.
        NotFoundError: there is no such rule.
    """
    wanted = rule_for(kind, value)
    rule = InternalRule.objects.filter(kind=wanted.kind, value=wanted.value).first()
    if rule is None:
        raise NotFoundError(f"There is no rule {kind} {value}.", advice="See `leadline traffic list`.")
    rule.delete()
    return rule


def kind_named(text: str) -> str:
    """A kind as it is typed: email-domain or email_domain.

    Raises:
        ConfigurationError: there is none of that name.
    """
    named = text.strip().lower().replace("-", "_")
    if named not in Kind.values:
        kinds = ", ".join(kind.replace("_", "-") for kind in Kind.values)
        raise ConfigurationError(f"There is no kind of rule {text!r}.", advice=f"Use one of {kinds}.")
    return named


def people_of(rule: InternalRule) -> set[int]:
    """The leads that adding or removing a rule may concern: those with an address on its domain; of other rules none,
    since they judge each event when it arrives."""
    if rule.kind != Kind.EMAIL_DOMAIN:
        return set()
    rules = NoiseRules(email_domains=frozenset({rule.value}))
    rows = Identity.objects.filter(kind=Identity.Kind.EMAIL).only("pk", "value").iterator()
    leads: set[int] = set()
    for some in chunks(row.pk for row in rows if is_internal_address(rules, row.value)):
        leads |= _leads_around(some)
    return leads


def _leads_around(addresses: list[int]) -> set[int]:
    """Whoever has one of these addresses, or ever gave it."""
    claims = IdentityClaim.objects.filter(Q(identity__in=addresses) | Q(owner__in=addresses), revoked_at=None)
    pairs = claims.values_list("identity__lead_id", "owner__lead_id")
    own = Identity.objects.filter(pk__in=addresses).values_list("lead_id", flat=True)
    found = {*own, *(lead for pair in pairs for lead in pair)}
    wanted = [lead for lead in found if lead is not None]
    return set(Lead.objects.filter(pk__in=wanted, merged_into=None).values_list("pk", flat=True))


def _network(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value, strict=False))
    except ValueError as error:
        raise ConfigurationError(
            f"{value!r} is no network: {error}.", advice="Use 203.0.113.7 or 203.0.113.0/24 or 2001:db8::/32."
        ) from error


def _host(value: str) -> str:
    """A host, whatever of an address it was copied with; `*.` before it means all below it."""
    wildcard = ANY_SUBDOMAIN if value.startswith(ANY_SUBDOMAIN) else ""
    rest = value.removeprefix(ANY_SUBDOMAIN)
    host = host_of(rest if "://" in rest else f"https://{rest}/") or ""
    if not host or " " in host:
        raise ConfigurationError(f"{value!r} is no host.", advice="Use staging.example.com or *.example.com.")
    return wildcard + host.lower()


def _email_domain(value: str) -> str:
    domain = value.rpartition("@")[2].lower().rstrip(".")
    if "." not in domain or " " in domain:
        raise ConfigurationError(f"{value!r} is no e-mail domain.", advice="Use example.com.")
    if domain in FREE_MAIL or domain in DISPOSABLE:
        raise ConfigurationError(f"Anybody gets an address at {domain}.", advice="Use a domain of your own.")
    return domain


def _user_agent(value: str) -> str:
    if len(value) < SHORTEST_AGENT:
        raise ConfigurationError(f"{value!r} is in too many user agents.", advice="Use a part such as OurMonitor/.")
    return value.lower()


CANONICAL: Mapping[str, Callable[[str], str]] = {
    Kind.NETWORK: _network,
    Kind.HOST: _host,
    Kind.EMAIL_DOMAIN: _email_domain,
    Kind.USER_AGENT: _user_agent,
}
