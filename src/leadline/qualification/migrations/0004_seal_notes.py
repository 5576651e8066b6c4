from typing import Any

from django.db import migrations, transaction

from leadline.privacy.sealing_columns import BATCH, batches, overwrite_what_is_deleted, seal_column, unseal_column

COLUMNS = ("note", "sealed_note", b"qualification.salesaction.note")


def seal(apps: Any, schema_editor: Any) -> None:
    """Seal notes and take their copies out of the feed, some at a time. Begun anew it goes on where it ended."""
    overwrite_what_is_deleted(apps, schema_editor)
    seal_column(apps.get_model("qualification", "SalesAction"), *COLUMNS)
    forget_copies(apps.get_model("qualification", "QualificationEvent"))


def unseal(apps: Any, schema_editor: Any) -> None:
    """Back to text. The feed's copies are not made again."""
    del schema_editor
    unseal_column(apps.get_model("qualification", "SalesAction"), *COLUMNS)


def forget_copies(events: Any) -> None:
    """`note` of every word and `why` of an assignment: whoever reads the feed takes them from the word."""
    for rows in batches(events.objects.filter(key__startswith="sales:"), size=5_000):
        changed = [row for row in rows if {"note", "why"} & row.detail.keys()]
        for row in changed:
            row.detail = {name: value for name, value in row.detail.items() if name not in ("note", "why")}
        with transaction.atomic():
            events.objects.bulk_update(changed, ["detail"], batch_size=BATCH)


class Migration(migrations.Migration):
    """In transactions of its own, so that other writers get in between, and a crash leaves what was done done."""

    atomic = False
    dependencies = [
        ("qualification", "0003_sealed_note"),
    ]

    operations = [migrations.RunPython(seal, unseal)]
