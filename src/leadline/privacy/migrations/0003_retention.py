from django.db import migrations, models

STATES = [
    ("announced", "Begins the next night"),
    ("running", "Under way"),
    ("done", "Done"),
    ("stopped", "Ended by a later run, which went on with it"),
]


class Migration(migrations.Migration):
    dependencies = [("privacy", "0002_erasures")]

    operations = [
        migrations.CreateModel(
            name="RetentionPeriod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(max_length=16)),
                ("source", models.BigIntegerField(null=True)),
                ("days", models.PositiveIntegerField(null=True)),
                ("set_at", models.DateTimeField()),
                ("set_by", models.CharField(blank=True, max_length=120)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("rule", "source"), name="period_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("source", None)), fields=("rule",), name="period_of_all_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RetentionRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("night", models.DateField(null=True, unique=True)),
                ("state", models.CharField(choices=STATES, db_index=True, default="running", max_length=10)),
                ("by", models.CharField(blank=True, max_length=120)),
                ("started_at", models.DateTimeField(db_index=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("taken", models.JSONField(default=list)),
                ("rows", models.JSONField(default=dict)),
                ("work", models.JSONField(null=True)),
                ("batches", models.PositiveIntegerField(default=0)),
                ("copy_due", models.BooleanField(default=False)),
                ("sweep_due", models.BooleanField(default=False)),
                ("trouble", models.CharField(blank=True, max_length=300)),
            ],
        ),
    ]
