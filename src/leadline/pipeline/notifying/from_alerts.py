"""What alerts on metrics hold for a rule: their firings. Who is mailed by the alert itself is so besides."""

from collections.abc import Iterator

from django.conf import settings

from leadline.analytics.models import AlertFiring
from leadline.notifications.facts import Fact, Value
from leadline.notifications.rules import Conditions


def newest() -> int:
    """The number of the newest firing. Firings are made one after the other, by one job."""
    found = AlertFiring.objects.order_by("-pk").values_list("pk", flat=True).first()
    return found or 0


def facts_of(asked: Conditions, since: int, until: int) -> Iterator[Fact]:
    """The firings between two numbers."""
    rows = AlertFiring.objects.filter(pk__gt=since, pk__lte=until).select_related("alert").order_by("pk")
    for row in rows.filter(alert__in=asked.alerts) if asked.alerts else rows:
        yield fact_of(row)


def fact_of(row: AlertFiring) -> Fact:
    """A firing."""
    link = f"{settings.PUBLIC_URL}/alerts/{row.alert_id}"
    values: dict[str, Value] = {"alert": row.alert.name, "sentence": row.sentence, "link": link, "when": row.at}
    return Fact(f"firing:{row.pk}", row.at, f"alert:{row.alert_id}", values)
