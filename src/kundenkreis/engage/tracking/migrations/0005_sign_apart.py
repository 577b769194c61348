from django.db import migrations, models


class Migration(migrations.Migration):
    """Sources of before have no signing key: it takes the secret key itself, so renew it."""

    dependencies = [
        ("engage_tracking", "0004_name_the_kinds"),
    ]

    operations = [
        migrations.AddField(
            model_name="source",
            name="signing_key",
            field=models.CharField(blank=True, default="", editable=False, max_length=64),
        ),
    ]
