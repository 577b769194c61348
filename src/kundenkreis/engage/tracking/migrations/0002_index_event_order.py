from __future__ import annotations

from django.db import migrations

from kundenkreis.kernel.migrate import IndexLogOrder


class Migration(migrations.Migration):
    dependencies = [("engage_tracking", "0001_initial")]

    operations = [IndexLogOrder("engage_tracking_event")]
