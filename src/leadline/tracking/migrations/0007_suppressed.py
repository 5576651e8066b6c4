"""How many messages were left out since the people they name were erased. Those before this version were not counted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tracking", "0006_sole_traders")]

    operations = [
        migrations.AddField("eventsource", "suppressed", models.PositiveBigIntegerField(default=0, db_default=0)),
    ]
