from __future__ import annotations

from typing import ClassVar

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """Entries there are already are kept as if they came now, so that none is forgotten early."""

    dependencies: ClassVar = [("crm_people", "0006_add_customer_ids")]

    operations: ClassVar = [
        migrations.AddField(
            "timelineentry",
            "recorded_at",
            models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        )
    ]
