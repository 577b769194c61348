from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("engage_segments", "0002_tag_and_plan_segments"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="segment",
            options={"verbose_name": "segment", "verbose_name_plural": "segments"},
        ),
        migrations.AlterField(
            model_name="segment",
            name="definition",
            field=models.JSONField(editable=False, verbose_name="Definition"),
        ),
    ]
