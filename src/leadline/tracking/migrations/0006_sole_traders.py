"""Which companies are sole traders'. Those that are there already are judged by the job of the next server that indexes
names."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tracking", "0005_names")]

    operations = [
        migrations.AddField("account", "sole_trader", models.BooleanField(default=False, db_default=False)),
    ]
