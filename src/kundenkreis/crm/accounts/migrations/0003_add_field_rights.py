from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm_accounts", "0002_name_staff_and_teams")]

    operations = [
        migrations.AddField("role", "fields", models.JSONField(default=dict)),
    ]
