"""Making notices: what a rule tells becomes rows, each once, in the transaction that moves the rule's mark."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q

from leadline.accounts.models import User
from leadline.accounts.permissions import Permission, roles_that_may
from leadline.notifications.facts import Fact
from leadline.notifications.models import Channel, Notice, Rule
from leadline.notifications.rules import Trigger, quiet_time, read_conditions
from leadline.notifications.templates import fill
from leadline.notifications.timing import Hours
from leadline.notifications.wording import template_of

STALE = timedelta(days=7)
"""What is older when it is noticed is not told: an import of years, or a long silence, would tell of it all at once."""
CHUNK = 500
Told = dict[tuple[int, int | None, str], datetime]
"""By channel, lead and matter, when it was last told of."""


@dataclass(frozen=True, slots=True)
class Recipients:
    """Where a rule's messages go. `by_owner`: by user number, the channels of the lead's owner."""

    always: tuple[Channel, ...]
    by_owner: Mapping[int, tuple[Channel, ...]] = field(default_factory=dict)
    person: int | None = None

    def of(self, fact: Fact) -> list[Channel]:
        """Each channel once."""
        if self.person is not None and fact.owner != self.person:
            return []
        owners = self.by_owner.get(fact.owner, ()) if fact.owner is not None else ()
        return list({channel.pk: channel for channel in (*self.always, *owners)}.values())


def hours_of(channel: Channel) -> Hours:
    """When a channel is quiet, and when its digests go."""
    return Hours(channel.zone, channel.quiet_from, channel.quiet_until, tuple(channel.digest_hours))


def recipients_of(rule: Rule) -> Recipients:
    """The channels that are on, of people who are still here and may be told of leads; of everybody's leads those only
    who see them."""
    told = Q(owner__role__in=roles_that_may(Permission.READ_NOTIFICATIONS)) | Q(owner__is_superuser=True)
    open_ones = Channel.objects.filter(Q(owner=None) | told, enabled=True).exclude(owner__is_active=False)
    if rule.person_id is not None:
        return Recipients(tuple(open_ones.filter(owner=rule.person_id)), person=rule.person_id)
    follow = Q(owner__followed_rules=rule) & ~Q(owner__role=User.Role.SALES, owner__leads_seen=User.LeadsSeen.OWN)
    always = open_ones.filter(Q(rules=rule) | follow).distinct()
    return Recipients(tuple(always.order_by("pk")), _by_owner(open_ones) if rule.to_owner else {})


def _by_owner(channels: Iterable[Channel]) -> dict[int, tuple[Channel, ...]]:
    found: dict[int, tuple[Channel, ...]] = {}
    for channel in channels:
        if channel.owner_id is not None:
            found[channel.owner_id] = (*found.get(channel.owner_id, ()), channel)
    return found


def tell(rule: Rule, facts: Sequence[Fact], now: datetime) -> int:
    """Make the notices of what happened. To be called in the transaction that moves the rule's mark.

    Args:
        facts: in their order.

    Returns:
        How many are new.
    """
    fresh = [fact for fact in facts if fact.at >= now - STALE]
    recipients = recipients_of(rule)
    quiet = quiet_time(Trigger(rule.trigger), read_conditions(Trigger(rule.trigger), rule.conditions), rule.quiet_hours)
    told = _told_lately(rule, fresh, quiet)
    rows = [
        _notice(rule, fact, channel, now)
        for fact in fresh
        for channel in recipients.of(fact)
        if _is_new(told, fact, channel, quiet)
    ]
    return _insert(rows)


def _insert(rows: Sequence[Notice]) -> int:
    known = set(Notice.objects.filter(key__in=[row.key for row in rows]).values_list("key", flat=True))
    new = [row for row in rows if row.key not in known]
    Notice.objects.bulk_create(new, batch_size=CHUNK, ignore_conflicts=True)
    return len(new)


def _told_lately(rule: Rule, facts: Sequence[Fact], quiet: timedelta) -> Told:
    if not facts or not quiet:
        return {}
    since = min(fact.at for fact in facts) - quiet
    rows = Notice.objects.filter(rule=rule, matter__in={fact.matter for fact in facts}, at__gt=since)
    found: Told = {}
    for channel, lead, matter, at in rows.order_by("at").values_list("channel", "lead", "matter", "at"):
        found[channel, lead, matter] = at
    return found


def _is_new(told: Told, fact: Fact, channel: Channel, quiet: timedelta) -> bool:
    """Whether it is to be told; and if so, it was."""
    what = (channel.pk, fact.lead, fact.matter)
    last = told.get(what)
    if quiet and last is not None and fact.at - last < quiet:
        return False
    told[what] = fact.at
    return True


def _notice(rule: Rule, fact: Fact, channel: Channel, now: datetime) -> Notice:
    message = fill(template_of(Trigger(rule.trigger), rule.template), fact.told_in(channel.zone))
    digest = rule.digest or bool(channel.digest_hours)
    return Notice(
        key=f"{fact.key}:{rule.pk}:{channel.pk}"[:160],
        rule=rule,
        channel=channel,
        lead_id=fact.lead,
        matter=fact.matter,
        subject=message.subject,
        body=message.body,
        at=fact.at,
        due_at=hours_of(channel).due(now, digest=digest),
        digest=digest,
    )
