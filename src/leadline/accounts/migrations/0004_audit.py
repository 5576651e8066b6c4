"""The audit trail, and the triggers that keep it as it was written."""

from typing import Any

from django.db import migrations, models

from leadline.accounts import audit_guard


def guard(_: Any, editor: Any) -> None:
    audit_guard.install(editor.connection)


def unguard(_: Any, editor: Any) -> None:
    audit_guard.uninstall(editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_roles_and_scopes"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_index=True)),
                ("user", models.BigIntegerField(null=True)),
                ("via", models.CharField(max_length=10)),
                ("verb", models.CharField(max_length=40)),
                ("about", models.CharField(blank=True, max_length=40)),
                ("about_number", models.BigIntegerField(null=True)),
                ("numbers", models.JSONField(default=dict)),
                ("request", models.CharField(blank=True, max_length=40)),
                ("previous", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["verb", "number"], name="audit_by_verb"),
                    models.Index(fields=["user", "number"], name="audit_by_user"),
                    models.Index(fields=["about", "about_number", "number"], name="audit_by_thing"),
                ],
            },
        ),
        migrations.RunPython(guard, unguard),
    ]
