"""The demonstration's alerts: two that make sense for it, judged over its last month."""

from datetime import datetime, timedelta

from leadline.analytics.models import Alert
from leadline.pipeline import alerts
from leadline.pipeline.engine import Engine
from leadline.pipeline.reports.measuring import all_measures

BY = "demonstration"
LOOKED_BACK = timedelta(days=31)
PLANTED = (
    {"name": "Visits are unusual", "metric": "sessions", "rule": "anomaly", "value": 0.05, "quiet_hours": 72},
    {
        "name": "Fewer qualified leads than the week before",
        "metric": "qualified-leads",
        "grain": "week",
        "rule": "change",
        "side": "below",
        "value": 0.3,
        "least": 5,
        "quiet_hours": 0,
    },
)


def plant_alerts(engine: Engine, now: datetime) -> None:
    """Leave the alerts to be found, with what they would have said in the last month; once."""
    known = {measure.name for measure in all_measures(engine.ruleset)}
    if Alert.objects.exists():
        return
    for values in PLANTED:
        if values["metric"] in known:
            Alert.objects.create(**values, checked_at=now - LOOKED_BACK, created_by=BY)
    alerts.check(engine, now)
