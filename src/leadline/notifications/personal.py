"""What notifications hold about people: what colleagues were told of a lead, and where colleagues are told."""

from collections.abc import Iterator

from django.db.models import QuerySet

from leadline.notifications.models import Channel, Notice, Rule
from leadline.privacy.among import Among
from leadline.privacy.kinds import Record, Subject, Whose, not_personal
from leadline.privacy.rows import Rows, register_rows, shown


def _notices(subject: Subject) -> "QuerySet[Notice]":
    return Notice.objects.filter(lead__in=Among(subject.leads))


def _told(subject: Subject) -> Iterator[Record]:
    """Each message with the service that it went to."""
    for notice in _notices(subject).select_related("channel").order_by("pk"):
        hidden = ("key", "channel", "rule", "parcel", "attempts", "resends", "claimed_at", "message")
        yield {"what": "message to colleagues", "service": notice.channel.service, **shown(notice, hidden)}


register_rows(
    "notifications.notices",
    Rows(Notice, _notices, "message to colleagues"),
    title="Messages to colleagues",
    holds="What colleagues were told about a lead by e-mail, chat or another service, and when.",
    purpose="To have somebody act in time, and to tell nothing twice.",
    basis="legitimate interest (GDPR art. 6(1)(f))",
    recipients=("the mail and chat services that notification channels lead to",),
    retention="known",
    export=_told,
)
register_rows(
    "notifications.channels",
    Rows(Rule, lambda subject: Rule.objects.filter(person__in=subject.users), "rule", ("since",)),
    Rows(Channel, lambda subject: Channel.objects.filter(owner__in=subject.users), "channel"),
    title="Channels of colleagues",
    holds="Addresses of mail and chat by which somebody who works with Leadline is told, with their quiet hours.",
    purpose="To tell colleagues what they asked to be told.",
    basis="legitimate interest of the employer (GDPR art. 6(1)(f), art. 88)",
    recipients=("the mail and chat services that notification channels lead to",),
    whose=Whose.USERS,
)
not_personal("which channels a rule goes to", Rule.channels.through._meta.label)
not_personal("which colleagues follow a rule: goes with the user", Rule.followers.through._meta.label)
