import django.db.models.deletion
from django.db import migrations, models

import leadline.privacy.fields

CRM = [
    ("delete", "Deleted"),
    ("anonymise", "Kept without what tells who it is"),
    ("keep", "Left as they are"),
]


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_subjects")]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lead", models.BigIntegerField(db_index=True, null=True)),
                ("whom", leadline.privacy.fields.SealedJSONField(null=True)),
                ("crm", models.CharField(choices=CRM, default="delete", max_length=10)),
                ("step", models.CharField(blank=True, max_length=12)),
                ("proof", models.JSONField(default=dict)),
                ("trouble", models.CharField(blank=True, max_length=300)),
                ("asked_at", models.DateTimeField(db_index=True)),
                ("finished_at", models.DateTimeField(db_index=True, null=True)),
                (
                    "request",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="erasures",
                        to="privacy.subjectrequest",
                    ),
                ),
            ],
        ),
    ]
