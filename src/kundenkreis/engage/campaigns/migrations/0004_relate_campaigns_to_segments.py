import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("engage_segments", "0003_name_types"),
        ("engage_campaigns", "0003_tag_and_plan_campaigns"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="campaign",
            options={"verbose_name": "campaign", "verbose_name_plural": "campaigns"},
        ),
        migrations.RenameField("campaign", "segment_id", "segment"),
        migrations.AlterField(
            model_name="campaign",
            name="segment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="engage_segments.segment",
                verbose_name="Segment",
            ),
        ),
    ]
