"""Our own traffic by rule: what is added or removed takes effect on collectors, on the next events, and on people."""

from typing import Any

from django.db import transaction

from leadline.kernel.clock import utc_now
from leadline.pipeline.engine import Engine
from leadline.pipeline.rescoring import evaluate_leads
from leadline.tracking import internal
from leadline.tracking.chunks import chunks
from leadline.tracking.leads import renew_cards
from leadline.tracking.models import InternalRule, Lead
from leadline.tracking.sources import publish_keyring


def traffic(engine: Engine) -> list[dict[str, Any]]:  # noqa: ARG001  # the signature of a command
    """Every rule, by kind and value."""
    return [_told(rule) for rule in InternalRule.objects.order_by("kind", "value")]


def traffic_add(engine: Engine, kind: str, value: str, note: str = "") -> dict[str, Any]:
    """Add a rule. Returns it, with how many people it made internal.

    Raises:
        ConfigurationError: the kind or the value cannot be.
    """
    with engine.lock:
        people = internal.people_of(internal.rule_for(kind, value))
        with transaction.atomic():
            rule = internal.add_rule(kind, value, note)
            changed = _apply(engine, people)
        return _take_effect(rule, changed)


def traffic_remove(engine: Engine, kind: str, value: str) -> dict[str, Any]:
    """Remove a rule. Returns it, with how many people count again. Events that it flagged stay flagged.

    Raises:
        ConfigurationError: the kind or the value cannot be.
        NotFoundError: there is no such rule.
    """
    with engine.lock:
        people = internal.people_of(internal.rule_for(kind, value))
        with transaction.atomic():
            rule = internal.remove_rule(kind, value)
            changed = _apply(engine, people)
        return _take_effect(rule, changed)


def _apply(engine: Engine, people: set[int]) -> int:
    """Renew the people that a rule may concern, and score those who are on the other side now. Returns how many.

    Inside the rule's own transaction: a run that dies before all of them are scored has changed no rule, and is done
    again.
    """
    before = _internal(people)
    renew_cards(people)
    changed = before ^ _internal(people)
    for some in chunks(sorted(changed)):
        evaluate_leads(engine, some, utc_now())
    return len(changed)


def _internal(leads: set[int]) -> set[int]:
    found: set[int] = set()
    for some in chunks(leads):
        found |= set(Lead.objects.filter(pk__in=some, internal=True).values_list("pk", flat=True))
    return found


def _take_effect(rule: InternalRule, changed: int) -> dict[str, Any]:
    if rule.kind == InternalRule.Kind.NETWORK:
        publish_keyring()
    return {**_told(rule), "people": changed}


def _told(rule: InternalRule) -> dict[str, Any]:
    return {
        "kind": rule.kind.replace("_", "-"),
        "value": rule.value,
        "note": rule.note,
        "created_at": rule.created_at.isoformat(),
    }
