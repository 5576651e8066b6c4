"""What privacy itself holds about people: what they asked, and the digests of those who were erased."""

from django.db.models import QuerySet

from leadline.privacy.among import Among
from leadline.privacy.kinds import Subject, not_personal
from leadline.privacy.models import ErasedName, Erasure, RetentionPeriod, RetentionRun, SubjectRequest
from leadline.privacy.rows import Rows, of_leads, register_rows

DUTY = "legal obligation (GDPR art. 6(1)(c), art. 5(2))"


def _requests(subject: Subject) -> "QuerySet[SubjectRequest]":
    return SubjectRequest.objects.filter(lead__in=Among(subject.leads))


def _empty(subject: Subject) -> int:
    """What was asked goes; that it was done, and when, is the proof and stays."""
    return int(_requests(subject).filter(asked__isnull=False).update(asked=None))


def _full(subject: Subject) -> int:
    return _requests(subject).filter(asked__isnull=False).count()


def _not_emptied(subject: Subject) -> int:
    """Erasures that are over and still say whose they were. One under way needs it, and empties itself."""
    return Erasure.objects.filter(lead__in=Among(subject.leads), finished_at__isnull=False, whom__isnull=False).count()


def _nobodys(_: Subject) -> "QuerySet[ErasedName]":
    """Whoever is in the ledger was erased: nobody can be shown their own entry before."""
    return ErasedName.objects.none()


def _none(_: Subject) -> int:
    return 0


register_rows(
    "privacy.requests",
    Rows(SubjectRequest, _requests, "request", ("status_digest",)),
    title="Requests of persons",
    holds="Who asked for what under data protection law, by which name and address, and what was done about it.",
    purpose="To answer in time, and to show that we did.",
    basis=DUTY,
    retention="requests",
    given=True,
    erase=_empty,
    remains=_full,
)
register_rows(
    "privacy.erased",
    Rows(ErasedName, _nobodys, "erased name"),
    title="Ledger of erasures",
    holds="Keyed digests of the names of erased people; a name can't be read from its digest.",
    purpose="So that a restored backup or an import does not bring an erased person back.",
    basis=DUTY,
)
register_rows(
    "privacy.erasures",
    Rows(Erasure, of_leads(Erasure), "erasure", ("whom", "trouble")),
    title="Erasures",
    holds="How far an erasure is and what was erased, in numbers; whom it is about only until it is done.",
    purpose="To finish an erasure after a crash, and to prove it.",
    basis=DUTY,
    erase=_none,
    remains=_not_emptied,
)
not_personal("how long things are kept", RetentionPeriod._meta.label)
not_personal(
    "how much went by its age; while a batch is at hand, numbers of leads that are gone", RetentionRun._meta.label
)
