"""Many numbers in a query of the record store as one parameter.

Django makes a parameter of each, again in each query: with thousands of people that took longer than what the database
did with them, and SQLite takes 32,766 at most.
"""

import json
from collections.abc import Iterable
from typing import Any

from django.db.models import BigIntegerField, Expression


class Among(Expression):
    """What stands after `__in`: `Lead.objects.filter(pk__in=Among(numbers))`."""

    def __init__(self, numbers: Iterable[int]) -> None:
        super().__init__(output_field=BigIntegerField())
        self.numbers = tuple(numbers)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str]]:  # noqa: ARG002  # Django's signature
        """For SQLite."""
        return "(SELECT value FROM json_each(%s))", (json.dumps(self.numbers),)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[list[int]]]:  # noqa: ARG002  # the same
        """For PostgreSQL."""
        return "(SELECT unnest(%s::bigint[]))", (list(self.numbers),)
