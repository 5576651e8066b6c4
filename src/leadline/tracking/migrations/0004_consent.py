"""Consent for each purpose: what counts, since when, and the proof of it."""

import django.db.models.deletion
from django.db import migrations, models

from leadline.privacy.fields import SealedJSONField

NUMBER = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    dependencies = [("tracking", "0003_last_word_of_conversions")]

    operations = [
        migrations.AddField("lead", "marketing_allowed", models.BooleanField(default=True, db_default=True)),
        migrations.AddField("lead", "sharing_allowed", models.BooleanField(default=True, db_default=True)),
        migrations.CreateModel(
            name="ConsentTimes",
            fields=[
                NUMBER,
                ("purpose", models.CharField(max_length=12)),
                ("given_at", models.DateTimeField(null=True)),
                ("refused_at", models.DateTimeField(null=True)),
                ("given_by_hand_at", models.DateTimeField(null=True)),
                ("refused_by_hand_at", models.DateTimeField(null=True)),
                (
                    "identity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consent_times",
                        to="tracking.identity",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("identity", "purpose"), name="consent_times_once"),
                ]
            },
        ),
        migrations.CreateModel(
            name="ConsentStatement",
            fields=[
                NUMBER,
                ("purpose", models.CharField(max_length=12)),
                ("given", models.BooleanField()),
                ("said_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("how", models.CharField(max_length=8)),
                ("version", models.CharField(blank=True, max_length=80)),
                ("path", models.CharField(blank=True, max_length=500)),
                ("by", models.CharField(blank=True, max_length=120)),
                ("because", SealedJSONField(null=True)),
                ("key", models.BinaryField(max_length=16)),
                (
                    "identity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="consents", to="tracking.identity"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to="tracking.eventsource"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("identity", "purpose", "key"), name="consent_statement_once"),
                ]
            },
        ),
    ]
