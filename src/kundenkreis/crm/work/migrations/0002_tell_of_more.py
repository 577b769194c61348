"""Notices tell of more than activities, and each will know whether it was read."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm_work", "0001_initial")]

    operations = [
        migrations.RenameField("notice", "reason", "kind"),
        migrations.AlterField(
            "notice",
            "kind",
            models.CharField(
                choices=[
                    ("mentioned", "Somebody mentions you"),
                    ("assigned", "Somebody gives you a record or a task"),
                    ("due", "Next steps and tasks are due"),
                    ("finished", "Long work of yours has ended"),
                    ("followed", "A record that you follow changes"),
                ],
                max_length=9,
            ),
        ),
        migrations.AlterField(
            "notice",
            "activity",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notices",
                to="crm_work.activity",
            ),
        ),
        migrations.AlterField("notice", "by", models.CharField(blank=True, max_length=120)),
        migrations.AddField(
            "notice", "target", models.CharField(blank=True, db_default="", max_length=80)
        ),
        migrations.AddField(
            "notice",
            "fields",
            models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField(
            "notice", "count", models.PositiveIntegerField(db_default=1, default=1)
        ),
        migrations.AddField("notice", "read_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="NoticeSettings",
            fields=[
                ("user_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("ways", models.JSONField(default=dict)),
                ("hour", models.PositiveSmallIntegerField(default=7)),
                ("mailed_at", models.DateTimeField(null=True)),
            ],
        ),
    ]
