from django.db import migrations, models


class Migration(migrations.Migration):
    """Where notes will stand sealed; 0004 fills it, and 0005 gives it their name."""

    dependencies = [
        ("qualification", "0002_sales"),
    ]

    operations = [
        migrations.AddField(
            model_name="salesaction",
            name="sealed_note",
            field=models.BinaryField(null=True),
        ),
    ]
