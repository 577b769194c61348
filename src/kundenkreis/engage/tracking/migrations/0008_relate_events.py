import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """What was a number is a relation; nothing changes in the database, however long the log is."""

    dependencies = [
        ("engage_profiles", "0005_tag_and_plan_profiles"),
        ("engage_tracking", "0007_tag_and_plan_sources"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex("event", "event_profile"),
                migrations.RemoveField("event", "source_id"),
                migrations.RemoveField("event", "profile_id"),
                migrations.AddField(
                    model_name="event",
                    name="source",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        related_name="+",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="engage_tracking.source",
                        verbose_name="Source",
                    ),
                ),
                migrations.AddField(
                    model_name="event",
                    name="profile",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="engage_profiles.profile",
                        verbose_name="Profile",
                    ),
                ),
                migrations.AddIndex(
                    "event",
                    models.Index(fields=["profile", "type", "occurred_at"], name="event_profile"),
                ),
            ]
        ),
    ]
