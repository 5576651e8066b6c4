"""Of a conversion the latest amount counts, and the latest word on whether it stands: when each was said."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F, Q


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001  # Django's signature
    """What is known so far: each was said once, and cancelled once at the most."""
    rows = apps.get_model("tracking", "Conversion").objects
    rows.update(said_at=F("occurred_at"), unmade_at=F("cancelled_at"))
    rows.filter(~Q(amount=None)).update(priced_at=F("occurred_at"))


class Migration(migrations.Migration):
    dependencies = [("tracking", "0002_collection")]

    operations = [
        migrations.AddField("conversion", "said_at", models.DateTimeField(null=True)),
        migrations.AddField("conversion", "unmade_at", models.DateTimeField(null=True)),
        migrations.AddField("conversion", "priced_at", models.DateTimeField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
