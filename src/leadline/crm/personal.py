"""What the CRM stage holds about people: which record of which CRM is theirs, and what was sent there."""

from collections.abc import Iterator

from django.db.models import QuerySet

from leadline.crm.models import Connection, Link, SyncRun, ToldConversion
from leadline.privacy.among import Among
from leadline.privacy.kinds import Record, Subject, not_personal
from leadline.privacy.rows import Rows, register_rows, shown

INTEREST = "legitimate interest (GDPR art. 6(1)(f))"
CRMS = "the CRM systems that are connected"


def _links(subject: Subject) -> "QuerySet[Link]":
    return Link.objects.filter(lead__in=Among(subject.leads))


def _told(subject: Subject) -> "QuerySet[ToldConversion]":
    return ToldConversion.objects.filter(conversion__identity__in=Among(subject.identities))


def _sent(subject: Subject) -> Iterator[Record]:
    """What each CRM was last sent and last said, under its own names of fields."""
    for link in _links(subject).select_related("connection").order_by("pk"):
        hidden = ("stamp", "sent_hash", "seen_hash", "connection", "error", "owner", "attempts")
        yield {"what": "record in a CRM", "crm": link.connection.name, **shown(link, hidden)}
    for told in _told(subject).select_related("connection", "conversion").order_by("pk"):
        said = {"crm": told.connection.name, "conversion": told.conversion.name}
        yield {"what": "conversion told to a CRM", **said, **shown(told, ("connection", "conversion", "error", "key"))}


register_rows(
    "crm.links",
    Rows(ToldConversion, _told, "conversion told to a CRM"),
    Rows(Link, _links, "record in a CRM"),
    title="Records in the CRM",
    holds="Which record of which CRM is the person's, what was last sent to it, and what it last said.",
    purpose="To show sales the same in their CRM, and to hear back what became of a lead.",
    basis=INTEREST,
    recipients=(CRMS,),
    retention="known",
    export=_sent,
)
not_personal("addresses and sealed keys of CRM systems", Connection._meta.label)
not_personal("how many records each run sent; errors name records by number", SyncRun._meta.label)
