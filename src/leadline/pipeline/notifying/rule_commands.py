"""Commands on rules: what the command line, the API and the pages do with them. Results are plain data."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from leadline.kernel.clock import utc_now
from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.kernel.typed_numbers import number_of
from leadline.notifications.models import Channel, Notice, Rule
from leadline.notifications.rules import (
    OF_LEADS,
    Conditions,
    Trigger,
    kept,
    read_conditions,
    read_trigger,
    rule_sentence,
)
from leadline.notifications.templates import check_template
from leadline.notifications.wording import names_of, template_of
from leadline.pipeline.engine import Engine
from leadline.pipeline.notifying.looking import newest
from leadline.pipeline.notifying.previewing import preview

LONGEST_SILENCE = 24 * 366
NAME_LENGTH = 120
FLAGS = ("to_owner", "digest", "enabled")


def rule_of(number: int) -> Rule:
    """One rule.

    Raises:
        NotFoundError: there is none of that number.
    """
    found = Rule.objects.select_related("person").filter(pk=number).first()
    if found is None:
        raise NotFoundError(f"There is no notification rule {number}.", advice="See them: leadline notify rules.")
    return found


def fill(rule: Rule, given: dict[str, Any]) -> Rule:
    """A rule with what is given, checked, not saved.

    Raises:
        LeadlineError: it makes no sense; the text says what does.
    """
    if given.get("trigger"):
        rule.trigger = read_trigger(str(given["trigger"])).value
    trigger = read_trigger(rule.trigger)
    if "conditions" in given or not rule.conditions:
        rule.conditions = kept(trigger, read_conditions(trigger, given.get("conditions") or {}))
    if trigger is Trigger.STAGE and not rule.conditions["stages"]:
        raise TerminalError("Which stages?", advice="Choose the stages whose entering is to be told.")
    if "template" in given:
        rule.template = check_template(str(given["template"] or ""), names_of(trigger))
    if "quiet_hours" in given:
        rule.quiet_hours = _silence(given["quiet_hours"])
    for name in FLAGS:
        if name in given:
            setattr(rule, name, bool(given[name]))
    if rule.to_owner and trigger not in OF_LEADS:
        raise TerminalError("Only what is about a lead has an owner to tell.", advice="Choose channels instead.")
    rule.name = str(given.get("name", rule.name) or "").strip()[:NAME_LENGTH] or sentence_of(rule)[:NAME_LENGTH]
    return rule


def notify_rules(engine: Engine) -> list[dict[str, Any]]:  # noqa: ARG001  # the signature of a command
    """Every shared rule."""
    return [described(rule) for rule in Rule.objects.filter(person=None).order_by("pk")]


def notify_rule_add(engine: Engine, by: str = "", channels: Iterable[int | str] = (), **given: Any) -> dict[str, Any]:
    """Make a rule. It tells of what happens from now on."""
    rule = fill(Rule(created_by=by[:NAME_LENGTH]), given)
    with transaction.atomic():
        begin_at_now(engine, rule)
        rule.save()
        rule.channels.set(_channels(channels))
    return described(rule)


def notify_rule_change(
    engine: Engine, number: int, channels: Iterable[int | str] | None = None, **given: Any
) -> dict[str, Any]:
    """Change a rule; what is not given stays. With another trigger, and switched on again, it tells of what happens
    from then on."""
    rule = rule_of(number)
    before = rule.trigger, rule.enabled
    fill(rule, given)
    with transaction.atomic():
        if before[0] != rule.trigger or (rule.enabled and not before[1]):
            begin_at_now(engine, rule)
        rule.save(
            update_fields=[*_columns(), "since", "watched_at"] if before != (rule.trigger, rule.enabled) else _columns()
        )
        if channels is not None:
            rule.channels.set(_channels(channels))
    return described(rule)


def notify_rule_remove(engine: Engine, number: int) -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """Remove a rule with its notices; what waits is not sent."""
    rule = rule_of(number)
    gone = described(rule)
    rule.delete()
    return gone


def notify_rule_preview(engine: Engine, number: int = 0, **given: Any) -> dict[str, Any]:
    """How often a rule would have told something in the last 30 days: a kept one, or one that is only described."""
    rule = fill(rule_of(number) if number else Rule(), given)
    return {"sentence": sentence_of(rule), **preview(engine, rule, utc_now()).as_dict()}


def begin_at_now(engine: Engine, rule: Rule) -> None:
    """Put a rule's mark behind everything that has happened."""
    rule.since, rule.watched_at = newest(engine, Trigger(rule.trigger)), utc_now()


def conditions_of(rule: Rule) -> Conditions:
    """What narrows it down."""
    return read_conditions(Trigger(rule.trigger), rule.conditions)


def sentence_of(rule: Rule) -> str:
    """What it tells of."""
    return rule_sentence(Trigger(rule.trigger), conditions_of(rule), mine=rule.person_id is not None)


def label_of(rule: Rule) -> str:
    """What it is called; what somebody chose for themselves, in a sentence."""
    return rule.name if rule.person_id is None else sentence_of(rule)


def goes_to(rule: Rule) -> str:
    """To whom, in words, without anybody's address."""
    named = [channel.name for channel in rule.channels.order_by("name")]
    followers = [str(user) for user in rule.followers.order_by("name", "email")]
    owner = ["the lead's owner"] if rule.to_owner else []
    return ", ".join([*owner, *named, *(f"{name} (follows it)" for name in followers)])


def described(rule: Rule) -> dict[str, Any]:
    """A rule as JSON takes it."""
    last = Notice.objects.filter(rule=rule).order_by("-at").values_list("at", flat=True).first()
    return {
        "number": rule.pk,
        "name": rule.name,
        "trigger": rule.trigger,
        "conditions": rule.conditions,
        "sentence": sentence_of(rule),
        "channels": list(rule.channels.order_by("name").values_list("name", flat=True)),
        "to_owner": rule.to_owner,
        "goes_to": goes_to(rule),
        "digest": rule.digest,
        "quiet_hours": rule.quiet_hours,
        "template": template_of(Trigger(rule.trigger), rule.template),
        "enabled": rule.enabled,
        "by": rule.created_by,
        "last_at": _iso(last),
    }


def _columns() -> list[str]:
    return ["name", "trigger", "conditions", "to_owner", "digest", "template", "quiet_hours", "enabled"]


def _channels(wanted: Iterable[int | str]) -> list[Channel]:
    """By number or name."""
    return [_channel(each) for each in wanted]


def _channel(wanted: int | str) -> Channel:
    text = str(wanted).strip()
    number = number_of(text)
    rows = Channel.objects.filter(name=text) if number is None else Channel.objects.filter(pk=number)
    found = rows.first()
    if found is None:
        raise NotFoundError(f"There is no channel {text[:80]!r}.", advice="See them: leadline notify channels.")
    return found


def _silence(given: Any) -> int:
    text = str(given).strip() or "0"
    if not (text.isascii() and text.isdecimal() and int(text) <= LONGEST_SILENCE):
        raise TerminalError(f"{text[:20]!r} are no quiet hours.", advice=f"Give a number from 0 to {LONGEST_SILENCE}.")
    return int(text)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


RULE_COMMANDS = (notify_rules, notify_rule_add, notify_rule_change, notify_rule_remove, notify_rule_preview)
