from django.db import migrations

from leadline.privacy.sealing_columns import operations


class Migration(migrations.Migration):
    """Why a deal was lost may be told in free text."""

    dependencies = [("pipeline", "0003_reported_deals")]
    operations = operations("pipeline", "reporteddeal", "lost_reason")
