from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("engage_tracking", "0009_name_types")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["occurred_at", "id"], name="event_when"),
        ),
    ]
