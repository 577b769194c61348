from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("engage_profiles", "0007_sort_profiles_by_visit")]

    operations = [
        migrations.AlterField(
            model_name="profile",
            name="canonical_id",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="profile",
            index=models.Index(
                condition=models.Q(("canonical_id__isnull", False)),
                fields=["canonical_id"],
                name="profile_canonical",
            ),
        ),
    ]
