"""Retention as commands: the periods, what would go now, and what went."""

from collections.abc import Iterable
from typing import Any

from leadline.eventstore.due import Due
from leadline.kernel.clock import utc_now
from leadline.pipeline.engine import Engine
from leadline.pipeline.privacy.retaining import told
from leadline.pipeline.privacy.retention import periods_now, set_period, told_periods
from leadline.pipeline.privacy.retention_due import preview
from leadline.privacy.models import RetentionRun
from leadline.privacy.retention_rules import RULES
from leadline.tracking.models import EventSource


def retention_periods(engine: Engine) -> list[dict[str, Any]]:  # noqa: ARG001  # the signature of a command
    """Every period in force."""
    return told_periods()


def retention_set(engine: Engine, rule: str, days: str, source: str = "", by: str = "") -> list[dict[str, Any]]:  # noqa: ARG001  # the same
    """Set a period. Returns those in force then. Raises as `set_period` does."""
    set_period(rule, str(days), source, utc_now(), by)
    return told_periods()


def retention_preview(engine: Engine) -> list[dict[str, Any]]:
    """What a run would take away now, by rule and source."""
    with engine.store.cursor() as cursor:
        return in_words(preview(cursor, periods_now(), utc_now()))


def retention_report(engine: Engine, limit: int = 20) -> list[dict[str, Any]]:  # noqa: ARG001  # the same
    """The newest runs, with what each took."""
    names = _names()
    runs = [told(row) for row in RetentionRun.objects.order_by("-pk")[:limit]]
    return [{**run, "taken": [{**row, "source": names.get(row["source"], "")} for row in run["taken"]]} for run in runs]


def in_words(found: Iterable[Due]) -> list[dict[str, Any]]:
    """What is due as JSON takes it, sources by name."""
    names = _names()
    return [
        {
            "rule": due.rule,
            "title": RULES[due.rule].title,
            "source": names.get(due.source, ""),
            "count": due.count,
            "oldest": due.oldest.isoformat(),
        }
        for due in found
    ]


def _names() -> dict[int | None, str]:
    return dict(EventSource.objects.values_list("pk", "name"))


RETENTION_COMMANDS = (retention_periods, retention_set, retention_preview, retention_report)
