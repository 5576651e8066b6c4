"""Every column of the record store that is sealed, found by itself: what is sealed under which key, and sealed anew."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from leadline.kernel.errors import ConfigurationError
from leadline.privacy.current_keys import CurrentCipher
from leadline.privacy.encryption import KEY_ID_BYTES
from leadline.privacy.fields import SealedJSONField

BATCH = 500
"""Rows of one transaction: about 30 ms, so that whoever else writes hardly waits."""
Row = tuple[Any, bytes]


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A sealed field of a model, in the database's words."""

    name: str
    table: str
    key: str
    column: str
    context: bytes

    def by_key(self) -> dict[bytes, int]:
        """How many values each key sealed, by the key's id."""
        query = f"SELECT {self._key_id}, count(*) FROM {self.table} WHERE {self.column} IS NOT NULL GROUP BY 1"  # noqa: S608  # our own names
        with connection.cursor() as cursor:
            cursor.execute(query)
            return {bytes(name): count for name, count in cursor.fetchall()}

    def seal_again(self, cipher: CurrentCipher, older: Sequence[bytes], step: Callable[[int], None]) -> int:
        """Seal every value anew whose key's id is among `older`. Returns how many were.

        A value that is changed meanwhile stays as it was changed: whoever changed it sealed it. `step` is told of each
        batch and may raise; what was done stays done, and the next call goes on where it ended.

        Raises:
            ConfigurationError: a value was damaged; it says which.
        """
        sealed = 0
        for rows in self._batches(older):
            sealed += self._swap([(self._again(cipher, key, old), key, old) for key, old in rows])
            step(len(rows))
        return sealed

    def _again(self, cipher: CurrentCipher, key: object, old: bytes) -> bytes:
        try:
            return cipher.seal(cipher.open(old, self.context), self.context)
        except ConfigurationError as error:
            raise ConfigurationError(f"{self.name}, row {key}: {error.message}", advice=error.advice) from error

    @property
    def _key_id(self) -> str:
        return f"substr({self.column}, 1, {KEY_ID_BYTES})"

    def _batches(self, older: Sequence[bytes]) -> Iterator[list[Row]]:
        names = ", ".join(["%s"] * len(older))
        query = f"""SELECT {self.key}, {self.column} FROM {self.table}
            WHERE {{beyond}} {self._key_id} IN ({names}) ORDER BY {self.key} LIMIT {BATCH}"""  # noqa: S608  # our own names
        rows = self._read(query.format(beyond=""), *older)
        while rows:
            yield rows
            rows = self._read(query.format(beyond=f"{self.key} > %s AND"), rows[-1][0], *older)

    def _read(self, query: str, *given: Any) -> list[Row]:
        with connection.cursor() as cursor:
            cursor.execute(query, given)
            return [(key, bytes(value)) for key, value in cursor.fetchall()]

    def _swap(self, again: list[tuple[bytes, Any, bytes]]) -> int:
        query = f"UPDATE {self.table} SET {self.column} = %s WHERE {self.key} = %s AND {self.column} = %s"  # noqa: S608  # our own names
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(query, again)
            return max(int(cursor.rowcount), 0)


def sealed_columns() -> list[SealedColumn]:
    """All of them, by name: `tracking.lead.card`."""
    models = [model for model in apps.get_models() if model._meta.managed and not model._meta.proxy]
    found = [
        _column(model, field)
        for model in models
        for field in model._meta.local_concrete_fields
        if isinstance(field, SealedJSONField)
    ]
    return sorted(found, key=lambda each: each.name)


def _column(model: Any, field: SealedJSONField) -> SealedColumn:
    quote = connection.ops.quote_name
    return SealedColumn(
        name=f"{model._meta.label_lower}.{field.attname}",
        table=quote(model._meta.db_table),
        key=quote(model._meta.pk.column),
        column=quote(field.column or field.attname),
        context=field.context,
    )
