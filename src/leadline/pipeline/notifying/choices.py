"""What somebody wants to be told about their own leads, and which shared rules they follow."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from leadline.accounts.models import User
from leadline.kernel.errors import TerminalError
from leadline.notifications.models import Rule
from leadline.notifications.rules import Trigger, read_conditions, rule_sentence
from leadline.pipeline.engine import Engine
from leadline.pipeline.notifying.rule_commands import begin_at_now, fill

MINE: Mapping[str, tuple[Trigger, Mapping[str, Any]]] = {
    "assigned": (Trigger.ASSIGNED, {}),
    "qualified": (Trigger.STAGE, {"stages": ["qualified"]}),
    "breach": (Trigger.BREACH, {}),
    "jump": (Trigger.JUMP, {"points": 20, "days": 7}),
    "drop": (Trigger.DROP, {"points": 20, "days": 7}),
    "won": (Trigger.STAGE, {"stages": ["customer"]}),
}
"""What can be chosen, by name."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One box to tick."""

    name: str
    sentence: str
    chosen: bool


def choices_of(user: User) -> list[Choice]:
    """What somebody may choose, and has chosen."""
    chosen = {rule.name for rule in Rule.objects.filter(person=user, enabled=True)}
    return [Choice(name, _sentence(name), name in chosen) for name in MINE]


def followed_by(user: User) -> list[Choice]:
    """The shared rules, and whether somebody follows them. `name` is the rule's number."""
    followed = set(user.followed_rules.values_list("pk", flat=True))
    rules = Rule.objects.filter(person=None, enabled=True).order_by("name", "pk")
    return [Choice(str(rule.pk), rule.name, rule.pk in followed) for rule in rules]


@transaction.atomic
def choose(engine: Engine, user: User, names: Collection[str], follow: Collection[int]) -> None:
    """Let somebody be told exactly this. What they choose anew is told from now on.

    Raises:
        TerminalError: a name is none of `MINE`.
    """
    if strange := sorted(set(names) - set(MINE)):
        raise TerminalError(f"{strange[0][:40]!r} can't be chosen.", advice=f"There are: {', '.join(MINE)}.")
    own = {rule.name: rule for rule in Rule.objects.filter(person=user)}
    for name in MINE:
        if name in names and name not in own:
            _make(engine, user, name)
        elif name not in names and name in own:
            own[name].delete()
    user.followed_rules.set(Rule.objects.filter(person=None, pk__in=list(follow)))


def _make(engine: Engine, user: User, name: str) -> None:
    trigger, conditions = MINE[name]
    rule = Rule(person=user, created_by=str(user)[:120])
    fill(rule, {"name": name, "trigger": trigger.value, "conditions": dict(conditions)})
    begin_at_now(engine, rule)
    rule.save()


def _sentence(name: str) -> str:
    trigger, conditions = MINE[name]
    return rule_sentence(trigger, read_conditions(trigger, conditions), mine=True)
