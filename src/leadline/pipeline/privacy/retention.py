"""The periods that are in force: what was set, by rule and event source, over the rules' own."""

from datetime import datetime
from typing import Any

from leadline.kernel.errors import ConfigurationError
from leadline.kernel.typed_numbers import number_of
from leadline.privacy.models import RetentionPeriod
from leadline.privacy.retention_rules import RULES, Periods, check_period, period_words
from leadline.tracking.models import EventSource
from leadline.tracking.sources import source_named

FOREVER = "forever"
RULES_OWN = "default"


def periods_now() -> Periods:
    """Those in force."""
    rows = RetentionPeriod.objects.filter(rule__in=RULES).values_list("rule", "source", "days")
    return Periods({(rule, source): days for rule, source, days in rows})


def read_days(text: str) -> int | None:
    """What somebody wrote: a number of days, or "forever" (None).

    Raises:
        ConfigurationError: it is neither.
    """
    wanted = text.strip().lower()
    if wanted == FOREVER:
        return None
    if (days := number_of(wanted)) is not None:
        return days
    raise ConfigurationError(f"{text[:40]!r} is no period.", advice="Give a number of days, such as 90, or 'forever'.")


def set_period(rule: str, days: str, source: str, now: datetime, by: str) -> None:
    """Set how long something is kept; what is due by it goes the next night.

    Args:
        days: a number of days, "forever", or "default": the period that holds without this one.
        source: the name of an event source; empty for everything without a period of its own.

    Raises:
        ConfigurationError: there is no such rule, or these days are none.
        NotFoundError: there is no such source.
    """
    number = source_named(source).pk if source else None
    back = days.strip().lower() == RULES_OWN
    wanted = None if back else read_days(days)
    check_period(rule, wanted, source)
    if back:
        RetentionPeriod.objects.filter(rule=rule, source=number).delete()
        return
    values = {"days": wanted, "set_at": now, "set_by": by[:120]}
    RetentionPeriod.objects.update_or_create(rule=rule, source=number, defaults=values)


def told_periods() -> list[dict[str, Any]]:
    """Every period in force, as JSON takes it: each rule's, followed by those of single sources. `shown` is the source
    in words."""
    periods, names = periods_now(), dict(EventSource.objects.order_by("name").values_list("pk", "name"))
    found = []
    for rule in RULES.values():
        days = periods.own(rule.name)
        own = {name: days[number] for number, name in names.items() if number in days}
        whole = _told(rule.name, "", periods.days(rule.name), (rule.name, None) in periods.set)
        found.append(whole | {"shown": "all others" if own else "all" if rule.by_source else ""})
        found += [_told(rule.name, name, each, True) | {"shown": name} for name, each in own.items()]
    return found


def _told(rule: str, source: str, days: int | None, was_set: bool) -> dict[str, Any]:  # a column
    said = {"rule": rule, "title": RULES[rule].title, "source": source, "days": days}
    return {**said, "words": period_words(rule, days), "set": was_set}
