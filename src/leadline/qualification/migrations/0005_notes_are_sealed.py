from django.db import migrations

import leadline.privacy.fields
from leadline.privacy.sealing_columns import overwrite_what_is_deleted


class Migration(migrations.Migration):
    """The column of the notes in clear goes, and the pages of the old table must not keep them."""

    dependencies = [
        ("qualification", "0004_seal_notes"),
    ]

    operations = [
        migrations.RunPython(overwrite_what_is_deleted, migrations.RunPython.noop),
        migrations.RemoveField(model_name="salesaction", name="note"),
        migrations.RenameField(model_name="salesaction", old_name="sealed_note", new_name="note"),
        migrations.AlterField(
            model_name="salesaction",
            name="note",
            field=leadline.privacy.fields.SealedJSONField(null=True),
        ),
    ]
