"""What the pipeline holds about people in the record store: deals that a CRM told of, and the sandbox CRM's records."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet

from leadline.crm.models import SandboxRecord
from leadline.pipeline.crm.record import external_id
from leadline.pipeline.models import ImportProgress, Job, PipelineMark, ReportedDeal
from leadline.privacy.fields import lookup_hasher
from leadline.privacy.kinds import Subject, not_personal
from leadline.privacy.rows import Rows, of_leads, register_rows
from leadline.tracking.kept_messages import NameSearch

INTEREST = "legitimate interest (GDPR art. 6(1)(f))"


def _sandbox(subject: Subject) -> "QuerySet[SandboxRecord]":
    """By the name that the record was made under, or by what stands in it."""
    hasher = lookup_hasher()
    named = [external_id(hasher.digest(kind, value)) for kind, value in subject.names]
    return SandboxRecord.objects.filter(Q(external_id__in=named) | Q(pk__in=list(_that_name(subject))))


def _that_name(subject: Subject) -> Iterator[int]:
    search = NameSearch.of(subject)
    rows = SandboxRecord.objects.only("pk", "values", "events").iterator() if search.whole else ()
    return (row.pk for row in rows if search.finds([row.values, row.events]))


register_rows(
    "pipeline.deals",
    Rows(ReportedDeal, of_leads(ReportedDeal), "deal", ("told",)),
    title="Deals that a CRM told of",
    holds="State, amount, moments and loss reason of a person's deals.",
    purpose="To report revenue back to what brought it.",
    basis=INTEREST,
    retention="known",
)
register_rows(
    "pipeline.sandbox",
    Rows(SandboxRecord, _sandbox, "record in the sandbox CRM", ("owner",)),
    title="Records of the sandbox CRM",
    holds="What was sent to the sandbox, which stands in for a CRM in trials and demonstrations.",
    purpose="To try synchronisation without a CRM.",
    basis=INTEREST,
)
not_personal("how far the pipeline came", PipelineMark._meta.label, ImportProgress._meta.label)
not_personal("numbers of leads that work is done for, and counts; no names", Job._meta.label)
