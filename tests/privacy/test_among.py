"""Many numbers are one parameter, and find what Django's own list of them finds."""

import sqlite3
from typing import Any

import pytest
from django.db import connection
from django.db.models import Exists, OuterRef

from leadline.kernel.clock import utc_now
from leadline.privacy.among import Among
from leadline.tracking.models import Identity, Lead


def people(count: int) -> list[int]:
    """Leads with an identity each; the numbers of the leads."""
    now = utc_now()
    rows = Lead.objects.bulk_create(Lead(first_seen_at=now, last_seen_at=now) for _ in range(count))
    Identity.objects.bulk_create(
        Identity(kind="anonymous_id", digest=str(row.pk).encode(), value="x", lead=row, home=row, first_seen_at=now)
        for row in rows
    )
    return [row.pk for row in rows]


def found(numbers: Any) -> list[list[int]]:
    """Those among them by their own number and by their lead's, those that are not, and those whose lead is not."""
    others = Identity.objects.exclude(pk__in=numbers).filter(lead=OuterRef("pk"))
    queries = [
        Lead.objects.filter(pk__in=numbers),
        Lead.objects.exclude(pk__in=numbers),
        Identity.objects.filter(lead__in=numbers),
        Identity.objects.exclude(lead__in=numbers),
        Lead.objects.filter(Exists(others)),
    ]
    return [sorted(query.values_list("pk", flat=True)) for query in queries]


@pytest.mark.django_db
@pytest.mark.parametrize("some", [0, 1, 3, 6])
def test_the_same_is_found_as_by_a_list(some: int) -> None:
    numbers = people(6)[:some]
    assert found(Among(numbers)) == found(numbers)
    assert len(Lead.objects.filter(pk__in=Among(numbers)).query.sql_with_params()[1]) == 1


@pytest.mark.django_db
def test_more_than_the_database_takes_as_parameters_are_found() -> None:
    numbers = people(6)
    connection.ensure_connection()
    before = connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 5)
    try:
        assert Identity.objects.filter(lead__in=Among(numbers)).count() == 6
        assert Lead.objects.exclude(pk__in=Among(numbers[:-1])).count() == 1
    finally:
        connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, before)
