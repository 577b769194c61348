from __future__ import annotations

from typing import ClassVar

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """Orders known already are kept as if they were seen now, so that none is forgotten early."""

    dependencies: ClassVar = [("engage_tracking", "0005_sign_apart")]

    operations: ClassVar = [
        migrations.AddField(
            "seenorder",
            "seen_at",
            models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        )
    ]
