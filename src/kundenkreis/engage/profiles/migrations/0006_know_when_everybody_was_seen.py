from django.db import migrations
from django.db.models import F


def seen_when_they_came(apps, schema_editor):
    profiles = apps.get_model("engage_profiles", "Profile").objects.using(
        schema_editor.connection.alias
    )
    profiles.filter(last_seen_at=None).update(last_seen_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("engage_profiles", "0005_tag_and_plan_profiles")]

    operations = [migrations.RunPython(seen_when_they_came, migrations.RunPython.noop)]
