from django.db import migrations, models

import kundenkreis.kernel.clock


class Migration(migrations.Migration):
    dependencies = [("engage_profiles", "0006_know_when_everybody_was_seen")]

    operations = [
        migrations.AlterModelOptions(
            name="profile",
            options={"verbose_name": "profile", "verbose_name_plural": "profiles"},
        ),
        migrations.AlterField(
            model_name="profile",
            name="last_seen_at",
            field=models.DateTimeField(
                default=kundenkreis.kernel.clock.now, editable=False, verbose_name="Last seen"
            ),
        ),
        migrations.AddIndex(
            model_name="profile",
            index=models.Index(fields=["last_seen_at", "id"], name="profile_seen"),
        ),
    ]
