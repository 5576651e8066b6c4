"""A few entries of the audit trail, and a way around the guards for those who try to tamper."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.db import connection

from leadline.accounts import audit_guard
from leadline.accounts.audit import Via, What, Who, record
from leadline.accounts.audit_verbs import LEAD_SEEN

MORNING = datetime(2026, 11, 23, 8, tzinfo=UTC)


def seen(count: int, *, user: int = 1, first_at: datetime = MORNING) -> None:
    """Somebody looks at the leads 1, 2, 3, ..., a minute apart."""
    for place in range(count):
        at = first_at + timedelta(minutes=place)
        record(Who(user, Via.PAGE, "r1"), LEAD_SEEN, What("lead", place + 1), {"status": 200}, at)


@contextmanager
def unguarded() -> Iterator[None]:
    """As somebody works who may do anything in the database."""
    audit_guard.uninstall(connection)
    yield
    audit_guard.install(connection)
