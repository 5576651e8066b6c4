import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0001_initial"),
        ("pipeline", "0002_results"),
        ("tracking", "0003_last_word_of_conversions"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReportedDeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("remote_id", models.CharField(max_length=120)),
                ("state", models.CharField(max_length=8)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=16, null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("lost_reason", models.CharField(blank=True, max_length=200)),
                ("opened_at", models.DateTimeField()),
                ("told_at", models.DateTimeField()),
                ("told", models.PositiveIntegerField(default=0)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deals", to="crm.connection"
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reported_deals", to="tracking.lead"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("connection", "remote_id"), name="reported_deal_once")],
            },
        ),
    ]
