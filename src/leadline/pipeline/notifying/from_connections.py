"""What CRM connections hold for a rule: one that stopped, one whose runs fail, leads that it can't be sent.

There is no feed of these: what is wrong now is looked at, and told once for each time that it goes wrong.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Max, QuerySet

from leadline.crm.models import Connection, Link
from leadline.kernel.clock import to_micros
from leadline.notifications.facts import Fact, Value
from leadline.notifications.rules import Conditions

OVERLAP = timedelta(hours=1)
"""So far back leads that could not be sent are looked at again: a run may keep them after others that failed later."""


def facts_of(asked: Conditions, since: datetime | None, now: datetime) -> Iterator[Fact]:
    """What is wrong with the connections that are meant.

    Args:
        since: when it was last looked; leads that could not be sent before are no news. None: all are.
    """
    rows = Connection.objects.filter(enabled=True).order_by("pk")
    for row in rows.filter(name__in=asked.connections) if asked.connections else rows:
        if row.stopped:
            yield _fact(row, "stopped", row.stopped, _episode(row), now)
        elif row.failures >= asked.failures:
            words = f"{row.failures} runs in a row failed. {row.trouble}".strip()
            yield _fact(row, "failing", words, _episode(row), now)
        yield from _unsent(row, since)


def _episode(row: Connection) -> str:
    """The same from one good run to the next, for the same words."""
    began = to_micros(row.last_ok_at) if row.last_ok_at else 0
    words = hashlib.blake2b((row.stopped or "failing").encode(), digest_size=6).hexdigest()
    return f"{began}:{words}"


def _unsent(row: Connection, since: datetime | None) -> Iterator[Fact]:
    parked = Link.objects.filter(connection=row, parked=True, failed_at__isnull=False)
    parked = parked.filter(failed_at__gt=since - OVERLAP) if since else parked
    new = parked.aggregate(count=Count("pk"), last=Max("failed_at"))
    if not new["count"]:
        return
    leads = "1 lead" if new["count"] == 1 else f"{new['count']} leads"
    words = f"{leads} could not be sent, and will not be before somebody acts: {_codes(parked)}."
    yield _fact(row, "rows", words, str(to_micros(new["last"])), new["last"])


def _codes(parked: QuerySet[Link]) -> str:
    counted = parked.values_list("error_code").annotate(count=Count("pk")).order_by("-count", "error_code")[:3]
    return ", ".join(f"{count} \N{MULTIPLICATION SIGN} {code or 'refused'}" for code, count in counted)


def _fact(row: Connection, matter: str, words: str, episode: str, at: datetime) -> Fact:
    link = f"{settings.PUBLIC_URL}/crm"
    values: dict[str, Value] = {"connection": row.name, "trouble": words, "link": link, "when": at}
    return Fact(f"sync:{row.pk}:{matter}:{episode}", at, f"sync:{row.pk}:{matter}", values)
