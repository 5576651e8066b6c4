"""Which tools people use."""

from collections.abc import Mapping
from datetime import UTC, datetime

from leadline.analytics.periods import Period
from leadline.eventstore.database import Cursor
from leadline.eventstore.schema import sql

ToolRow = tuple[str, int, int, int, float, int, int]
Who = tuple[str, Mapping[str, object]]
"""A condition on people, and its named parameters."""
EVERYBODY: Who = ("true", {})


def tool_rows(cursor: Cursor, period: Period, now: datetime, who: Who = EVERYBODY) -> list[ToolRow]:
    """By tool: people, uses, completed uses, their share, how many of the people have ever qualified, and how many used
    it more than once.
    """
    condition, parameters = who
    bounds = {"start": naive(period.start), "end": naive(period.end), "now": naive(now), **parameters}
    return cursor.execute(sql("tool_usage").replace("{who}", condition), bounds).fetchall()


def naive(moment: datetime) -> datetime:
    """An aware moment as the store has it: UTC without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)
