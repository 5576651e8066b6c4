"""Revenue by the month of people's first visit and the month of their deals."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from leadline.analytics.periods import Period
from leadline.eventstore.database import Cursor
from leadline.eventstore.schema import sql
from leadline.eventstore.usage import naive

CohortRow = tuple[int, int | None, int, int, float]
BEFORE = -1


def revenue_cohorts(
    cursor: Cursor, name: str, months: Sequence[Period], now: datetime, who: str, chosen: Mapping[str, object]
) -> list[CohortRow]:
    """(cohort, month, people, deals, revenue), both as places in `months`; a month of None is the cohort's size,
    BEFORE what its people had won before its month.

    Args:
        who: a condition on people, with its named parameters `chosen`.
    """
    asked = {
        "begins": [naive(each.start) for each in months],
        "ends": [naive(each.end) for each in months],
        "name": name,
        "now": naive(now),
        **chosen,
    }
    return cursor.execute(sql("revenue_cohorts").replace("{who}", who), asked).fetchall()
