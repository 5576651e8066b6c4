"""Our own traffic by rule: what is added or removed takes effect on collectors, on the next events, and on people."""

from typing import Any

from django.db import transaction

from leadline.kernel.clock import utc_now
from leadline.pipeline.engine import Engine
from leadline.pipeline.rescoring import evaluate_leads
from leadline.tracking import internal
from leadline.tracking.leads import renew_cards
from leadline.tracking.models import InternalRule, Lead
from leadline.tracking.sources import publish_keyring

CHUNK = 5_000


def traffic(engine: Engine) -> list[dict[str, Any]]:  # noqa: ARG001  # the signature of a command
    """Every rule, by kind and value."""
    return [_told(rule) for rule in InternalRule.objects.order_by("kind", "value")]


def traffic_add(engine: Engine, kind: str, value: str, note: str = "") -> dict[str, Any]:
    """Add a rule. Returns it, with how many people it made internal.

    Raises:
        ConfigurationError: the kind or the value cannot be.
    """
    with engine.lock:
        with transaction.atomic():
            rule = internal.add_rule(kind, value, note)
            changed = _apply(rule)
        return _take_effect(engine, rule, changed)


def traffic_remove(engine: Engine, kind: str, value: str) -> dict[str, Any]:
    """Remove a rule. Returns it, with how many people count again. Events that it flagged stay flagged.

    Raises:
        ConfigurationError: the kind or the value cannot be.
        NotFoundError: there is no such rule.
    """
    with engine.lock:
        with transaction.atomic():
            rule = internal.remove_rule(kind, value)
            changed = _apply(rule)
        return _take_effect(engine, rule, changed)


def _apply(rule: InternalRule) -> list[int]:
    """Renew the people that a rule may concern. Returns those who are on the other side now."""
    people = internal.people_of(rule)
    before = _internal(people)
    if people:
        renew_cards(people)
    return sorted(before ^ _internal(people))


def _internal(leads: set[int]) -> set[int]:
    ordered = sorted(leads)
    found: set[int] = set()
    for start in range(0, len(ordered), CHUNK):
        some = ordered[start : start + CHUNK]
        found |= set(Lead.objects.filter(pk__in=some, internal=True).values_list("pk", flat=True))
    return found


def _take_effect(engine: Engine, rule: InternalRule, changed: list[int]) -> dict[str, Any]:
    if rule.kind == InternalRule.Kind.NETWORK:
        publish_keyring()
    for start in range(0, len(changed), CHUNK):
        evaluate_leads(engine, changed[start : start + CHUNK], utc_now())
    return {**_told(rule), "people": len(changed)}


def _told(rule: InternalRule) -> dict[str, Any]:
    return {
        "kind": rule.kind.replace("_", "-"),
        "value": rule.value,
        "note": rule.note,
        "created_at": rule.created_at.isoformat(),
    }
