from django.db import migrations

from leadline.privacy.sealing_columns import operations


class Migration(migrations.Migration):
    """A view may be a search for somebody."""

    dependencies = [("analytics", "0001_initial")]
    operations = operations("analytics", "savedview", "query")
