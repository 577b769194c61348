from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm_accounts", "0003_add_field_rights"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="edits_lists",
            field=models.BooleanField(default=False, verbose_name="Edits in lists"),
        ),
    ]
