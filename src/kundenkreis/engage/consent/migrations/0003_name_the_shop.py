from collections import defaultdict
from itertools import groupby
from operator import attrgetter

from django.db import migrations, models

KEY = ("subject", "subject_kind", "namespace", "purpose", "channel")


def name_the_shop(apps, editor):
    """Give each statement about a cookie or customer id to the shop whose id it is.

    The ledger did not keep the shop, so it is the one that has seen the id; of an id nobody has
    seen, any. Where that is not one alone, a withdrawal counts in each, and a grant in none.
    """
    from kundenkreis.engage.consent.rule import Said, holds

    alias = editor.connection.alias
    entries = apps.get_model("engage_consent", "ConsentEntry").objects.using(alias)
    states = apps.get_model("engage_consent", "ConsentState").objects.using(alias)
    names = apps.get_model("engage_profiles", "Identifier").objects.using(alias)
    of_shops = {"subject_kind__in": ("anonymous", "user")}

    seen = defaultdict(set)
    for kind, value, namespace in names.values_list("kind", "value", "namespace"):
        seen[kind, value].add(namespace)
    everywhere = set().union(*seen.values())

    named, copies = [], []
    for entry in entries.filter(**of_shops):
        shops = sorted(seen.get((entry.subject_kind, entry.subject)) or everywhere)
        if not shops or (entry.decision == "granted" and len(shops) > 1):
            continue
        said = {**values_of(entry), "id": None}
        copies += [entries.model(**{**said, "namespace": shop}) for shop in shops[1:]]
        entry.namespace = shops[0]
        named.append(entry)
    entries.bulk_update(named, ["namespace"], batch_size=500)
    entries.bulk_create(copies, batch_size=500)

    states.filter(**of_shops).delete()
    rows = entries.filter(**of_shops).order_by(*KEY)
    made = []
    for key, said in groupby(rows, attrgetter(*KEY)):
        now = holds([Said(one.decision, one.at, one.origin) for one in said], key[-1])
        columns = dict(zip(KEY, key, strict=True))
        made.append(states.model(**columns, granted=now.granted, since=now.since))
    states.bulk_create(made, batch_size=500)


def values_of(entry):
    return {field.attname: getattr(entry, field.attname) for field in entry._meta.concrete_fields}


class Migration(migrations.Migration):
    dependencies = [
        ("engage_consent", "0002_recognise_repeated_statements"),
        ("engage_profiles", "0003_find_identifiers_by_value"),
    ]

    operations = [
        migrations.RemoveConstraint("ConsentEntry", "consent_entry_once"),
        migrations.RemoveConstraint("ConsentState", "consent_state_once"),
        migrations.RemoveIndex("ConsentEntry", "consent_subject"),
        migrations.AddField(
            "ConsentEntry", "namespace", models.CharField(default="", max_length=40)
        ),
        migrations.AddField(
            "ConsentState", "namespace", models.CharField(default="", max_length=40)
        ),
        migrations.RunPython(name_the_shop, migrations.RunPython.noop),
        migrations.AddIndex(
            "ConsentEntry", models.Index(fields=[*KEY, "-at", "-id"], name="consent_subject")
        ),
        migrations.AddConstraint(
            "ConsentEntry",
            models.UniqueConstraint(
                fields=(*KEY, "decision", "reference"), name="consent_entry_once"
            ),
        ),
        migrations.AddConstraint(
            "ConsentState", models.UniqueConstraint(fields=KEY, name="consent_state_once")
        ),
    ]
