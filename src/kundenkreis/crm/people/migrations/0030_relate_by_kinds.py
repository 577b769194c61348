from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm_people", "0029_ship_kinds_of_relations"),
    ]

    operations = [
        migrations.RemoveField(model_name="relation", name="former"),
        migrations.AlterField(
            model_name="relation",
            name="kind",
            field=models.ForeignKey(
                limit_choices_to={"archived": False},
                on_delete=models.deletion.PROTECT,
                related_name="relations",
                to="crm_people.relationkind",
                verbose_name="Relation",
            ),
        ),
        *(
            migrations.AddConstraint(
                model_name="relation",
                constraint=models.UniqueConstraint(fields=(one, "kind", other), name=name),
            )
            for one, other, name in (
                ("person", "other", "relation_once"),
                ("person", "other_organisation", "relation_once_to_firm"),
                ("organisation", "other", "relation_once_of_firm"),
                ("organisation", "other_organisation", "relation_once_of_firms"),
            )
        ),
    ]
