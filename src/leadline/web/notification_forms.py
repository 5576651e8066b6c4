"""The forms of notifications: what is posted, as the commands take it; and what is kept, as the forms write it."""

from typing import Any

from django.http import QueryDict

from leadline.notifications.models import Channel, Rule
from leadline.notifications.rules import GRADES, STAGES, USED, Conditions, Trigger, stage_label
from leadline.pipeline.notifying.rule_commands import conditions_of

HOURS = tuple((str(hour), f"{hour:02d}:00") for hour in range(24))
STAGE_LABELS = tuple((stage, stage_label(stage)) for stage in STAGES)
TRIGGERS = (
    ("stage", "A lead enters a stage"),
    ("jump", "A score rises quickly"),
    ("drop", "A score falls quickly"),
    ("breach", "A first contact is late"),
    ("assigned", "A lead is given to somebody"),
    ("sync", "A CRM connection is in trouble"),
    ("alert", "An alert on a metric fires"),
)
LISTS = frozenset({"stages", "grades", "connections", "alerts"})


def read_rule(posted: QueryDict, trigger: Trigger) -> dict[str, Any]:
    """What the form of a rule says."""
    return {
        "trigger": trigger.value,
        "name": posted.get("name", ""),
        "conditions": read_conditions_of(posted, trigger),
        "to_owner": posted.get("to_owner") == "on",
        "digest": posted.get("digest") == "on",
        "quiet_hours": posted.get("quiet_hours", "24"),
        "template": posted.get("template", ""),
    }


def read_conditions_of(posted: QueryDict, trigger: Trigger) -> dict[str, Any]:
    """The conditions of a trigger. A number that is left out has its usual value."""
    given: dict[str, Any] = {}
    for name in USED[trigger]:
        if name in LISTS:
            given[name] = posted.getlist(name)
        elif posted.get(name, "").strip():
            given[name] = posted[name]
    return given


def given_of(rule: Rule) -> dict[str, Any]:
    """A rule as its form writes it."""
    return {
        "name": rule.name,
        "to_owner": rule.to_owner,
        "digest": rule.digest,
        "quiet_hours": str(rule.quiet_hours),
        "template": rule.template,
        "channels": [str(pk) for pk in rule.channels.values_list("pk", flat=True)] if rule.pk else [],
        **_conditions(conditions_of(rule) if rule.conditions else Conditions()),
    }


def given_again(posted: QueryDict, trigger: Trigger) -> dict[str, Any]:
    """What was posted and refused, as the form writes it."""
    told = read_rule(posted, trigger)
    told.pop("conditions")
    lists = {name: posted.getlist(name) for name in LISTS}
    numbers = {name: posted.get(name, "") for name in ("points", "days", "failures")}
    return {**told, **lists, **numbers, "channels": posted.getlist("channels")}


def _conditions(asked: Conditions) -> dict[str, Any]:
    told = asked.as_dict()
    return {name: [str(each) for each in value] if name in LISTS else str(value) for name, value in told.items()}


def read_channel(posted: QueryDict) -> dict[str, Any]:
    """What the form of a channel says. An empty address keeps the one there is."""
    return {
        "name": posted.get("name", ""),
        "address": posted.get("address", "").strip(),
        "zone": posted.get("zone", ""),
        "quiet_from": posted.get("quiet_from", ""),
        "quiet_until": posted.get("quiet_until", ""),
        "digest_hours": posted.get("digest_hours", "").replace(",", " ").split(),
        "advertising": posted.get("advertising") == "1",
    }


def channel_given(channel: Channel) -> dict[str, Any]:
    """A channel as its form writes it, without its address."""
    return {
        "name": channel.name,
        "zone": channel.zone,
        "quiet_from": _hour(channel.quiet_from),
        "quiet_until": _hour(channel.quiet_until),
        "digest_hours": ", ".join(map(str, channel.digest_hours)),
        "advertising": channel.advertising,
    }


def _hour(hour: int | None) -> str:
    return "" if hour is None else str(hour)


GRADES_OFFERED = GRADES
