"""The demonstration's notifications: two rules for the sales team, on a channel that reaches nobody outside."""

from datetime import datetime, timedelta

from leadline.notifications.channels import make_channel
from leadline.notifications.models import Rule
from leadline.pipeline.engine import Engine
from leadline.pipeline.notifying.courier import deliver
from leadline.pipeline.notifying.looking import look
from leadline.pipeline.notifying.rule_commands import fill
from leadline.qualification.models import QualificationEvent

BY = "demonstration"
LOOKED_BACK = timedelta(days=1)
CHANNEL = "Sales room"
PLANTED = (
    {
        "name": "New qualified leads with grade A or B",
        "trigger": "stage",
        "conditions": {"stages": ["qualified"], "grades": ["A", "B"]},
    },
    {"name": "Late first contacts, each morning", "trigger": "breach", "digest": True},
)


def plant_notifications(engine: Engine, now: datetime) -> None:
    """Leave the rules to be found, with what they would have told in the last day; once."""
    if Rule.objects.exists():
        return
    channel = make_channel(CHANNEL, "log", administrator=True)
    before = QualificationEvent.objects.filter(at__lt=now - LOOKED_BACK).order_by("-pk")
    since = before.values_list("pk", flat=True).first() or 0
    for values in PLANTED:
        rule = fill(Rule(created_by=BY, since=since, watched_at=now), dict(values))
        rule.save()
        rule.channels.set([channel])
    look(engine, now)
    deliver(now)
