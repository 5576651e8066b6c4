"""To whom a person's data was sent: CRM systems and the services that carry messages to colleagues."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Min

from leadline.crm.models import Link
from leadline.notifications.models import Notice
from leadline.privacy.kinds import Subject


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody else who got something.

    Attributes:
        name: of the connection or service, as it is called here.
        what: what was sent there.
        first_at, last_at: when; None when it is not known.
    """

    name: str
    what: str
    first_at: datetime | None
    last_at: datetime | None

    def as_json(self) -> dict[str, Any]:
        """As archives have it."""
        return {name: each.isoformat() if isinstance(each, datetime) else each for name, each in asdict(self).items()}


def recipients_of(subject: Subject) -> list[Recipient]:
    """Those who were sent something, CRM systems first, by name."""
    return [*_crm_systems(subject), *_services(subject)]


def _crm_systems(subject: Subject) -> list[Recipient]:
    links = Link.objects.filter(lead__in=subject.leads).exclude(sent_hash="", sent_at=None)
    rows = links.values_list("connection__name", "connection__kind").annotate(Min("created_at"), Max("sent_at"))
    return [
        Recipient(f"{name} ({kind})", "contact details, company, stage and scores", first, last)
        for name, kind, first, last in rows.order_by("connection__name")
    ]


def _services(subject: Subject) -> list[Recipient]:
    notices = Notice.objects.filter(lead__in=subject.leads, sent_at__isnull=False)
    rows = notices.values_list("channel__service").annotate(Min("sent_at"), Max("sent_at")).order_by("channel__service")
    return [Recipient(name, "messages to colleagues about the person", first, last) for name, first, last in rows]
