"""For migrations: a column that stood in clear is sealed, some rows at a time.

Model here means a migration's own, which has the column in clear and a binary one beside it.
"""

import json
from collections.abc import Iterator
from typing import Any

from django.db import migrations, models, transaction
from django.db.migrations.operations.base import Operation

from leadline.privacy.fields import SealedJSONField, field_cipher

BATCH = 500


def operations(app: str, model: str, column: str) -> list[Operation]:
    """A whole migration of one text column, for tables of few rows: all of it is one transaction."""
    beside, context = f"sealed_{column}", f"{app}.{model}.{column}".encode()

    def seal(apps: Any, schema_editor: Any) -> None:
        overwrite_what_is_deleted(apps, schema_editor)
        seal_column(apps.get_model(app, model), column, beside, context)

    def unseal(apps: Any, schema_editor: Any) -> None:
        del schema_editor
        unseal_column(apps.get_model(app, model), column, beside, context)

    return [
        migrations.AddField(model, beside, models.BinaryField(null=True)),
        migrations.RunPython(seal, unseal),
        migrations.RemoveField(model, column),
        migrations.RenameField(model, beside, column),
        migrations.AlterField(model, column, SealedJSONField(null=True)),
    ]


def seal_column(model: Any, clear: str, sealed: str, context: bytes) -> None:
    """Seal what is in `clear` into `sealed`, and empty it. Begun anew it goes on where it ended.

    Args:
        context: `app.model.field` of the field that will open it.
    """
    for rows in batches(model.objects.exclude(**{clear: ""})):
        for row in rows:
            text = json.dumps(getattr(row, clear), separators=(",", ":"))
            setattr(row, sealed, field_cipher().seal(text.encode(), context))
            setattr(row, clear, "")
        with transaction.atomic():
            model.objects.bulk_update(rows, [clear, sealed])


def unseal_column(model: Any, clear: str, sealed: str, context: bytes) -> None:
    """The inverse."""
    for rows in batches(model.objects.filter(**{f"{sealed}__isnull": False})):
        for row in rows:
            setattr(row, clear, json.loads(field_cipher().open(bytes(getattr(row, sealed)), context)))
            setattr(row, sealed, None)
        with transaction.atomic():
            model.objects.bulk_update(rows, [clear, sealed])


def batches(rows: Any, size: int = BATCH) -> Iterator[list[Any]]:
    """All of them in the order of their keys."""
    last = 0
    while found := list(rows.filter(pk__gt=last).order_by("pk")[:size]):
        yield found
        last = found[-1].pk


def overwrite_what_is_deleted(apps: Any, schema_editor: Any) -> None:
    """For RunPython: SQLite leaves the bytes of what it deletes in the file, unless it is told to overwrite them."""
    del apps
    if schema_editor.connection.vendor == "sqlite":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")
