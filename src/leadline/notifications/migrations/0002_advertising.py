"""Channels that lead to advertising tools."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [
        migrations.AddField("channel", "advertising", models.BooleanField(default=False, db_default=False)),
    ]
