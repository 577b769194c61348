from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("engage_profiles", "0003_find_identifiers_by_value")]

    operations: ClassVar = [
        migrations.AddIndex(
            "profile",
            models.Index(
                condition=models.Q(("canonical_id__isnull", True), ("link_id__isnull", True)),
                fields=["last_seen_at"],
                name="profile_last_seen",
            ),
        )
    ]
