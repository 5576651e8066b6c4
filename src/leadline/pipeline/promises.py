"""What time alone brings to leads in the hands of sales: promises that were broken, and overrides that end.

Called with each tick. An override ends at its very moment, between the loads and midnights around it, so that how ticks
cut time does not show in the stages.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from leadline.eventstore.journal import Kind
from leadline.pipeline.changes import note_rescored
from leadline.pipeline.engine import Engine
from leadline.pipeline.rescoring import evaluate_leads
from leadline.qualification import feed
from leadline.qualification.models import Standing
from leadline.qualification.stages import Stage

CHUNK = 5_000


def end_overrides(engine: Engine, until: datetime) -> int:
    """Evaluate each lead whose override ended by `until`, at the moment when it did. Returns how many."""
    ended = Standing.objects.filter(override_until__lte=until).exclude(stage="").exclude(override_stage="")
    pairs = list(ended.order_by("override_until", "pk").values_list("override_until", "pk"))
    for at in dict.fromkeys(at for at, _ in pairs):
        if at is not None:
            evaluate_leads(engine, [lead for moment, lead in pairs if moment == at], at, Kind.SALES)
    return len(pairs)


def note_breaches(engine: Engine, now: datetime) -> int:
    """Note every first contact that was due by `now` and not made, once. Returns how many are new."""
    overdue = Standing.objects.filter(stage=Stage.QUALIFIED, contacted_at=None, breached_at=None, rejection="")
    columns = ("pk", "contact_due_at", "stage_since", "owner")
    rows = list(overdue.filter(contact_due_at__lte=now).values_list(*columns)[:CHUNK])
    with transaction.atomic():
        Standing.objects.filter(pk__in=[row[0] for row in rows]).update(breached_at=F("contact_due_at"))
        for lead, due, since, owner in rows:
            if due is not None:
                feed.tell_breach(lead, due, since, owner)
    note_rescored(engine, [row[0] for row in rows])
    return len(rows)
