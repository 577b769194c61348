"""Fill the peer with as many contacts, companies and calls as we have; runs in its own Python.

Prints the session's cookie of its administrator and the number of a contact.
"""

from __future__ import annotations

import sys
import time
from importlib import import_module

import django

FIRST = "Anna Ben Carla David Elif Florian Greta Hans Ines Jan Katrin Lars Maria Nils Olga Paul"


def main(persons: int) -> None:
    django.setup()
    from django.apps import apps
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection, transaction

    from bench._company import BACK, FRONT, PERSONS_PER_ORGANISATION
    from bench._data import Maker

    named = apps.get_model
    entity, contact = named("creme_core", "CremeEntity"), named("persons", "Contact")
    organisation, activity = named("persons", "Organisation"), named("activities", "Activity")
    relation, kind = named("creme_core", "Relation"), named("activities", "ActivitySubType")
    user = named("creme_core", "CremeUser").objects.filter(is_superuser=True, is_staff=False)[0]
    types = {
        one: ContentType.objects.get_for_model(one).pk for one in (contact, organisation, activity)
    }
    make, now = Maker("default", int(time.time())), "now()"
    companies = max(1, persons // PERSONS_PER_ORGANISATION)
    surname = f"{make.pick(1, FRONT)} || {make.pick(2, BACK)}"
    last = [entity.objects.order_by("-pk")[0].pk]

    def entities(model, count, label):  # type: ignore[no-untyped-def]
        """Rows of the table that all of its records share; the expression of their numbers."""
        number = f"{last[0]} + i"
        make.fill(
            entity, count, id=number, uuid="gen_random_uuid()", created=now, modified=now,
            header_filter_search_field=label, entity_type_id=str(types[model]), user_id=str(user.pk),
        )  # fmt: skip
        first, last[0] = last[0], last[0] + count
        return number, first

    with transaction.atomic():
        name = f"{surname} || ' ' || i || ' GmbH'"
        number, first_company = entities(organisation, companies, name)
        make.fill(organisation, companies, cremeentity_ptr_id=number, name=name)
        number, first_contact = entities(contact, persons, surname)
        make.fill(
            contact, persons, cremeentity_ptr_id=number, last_name=surname,
            first_name=make.pick(3, FIRST), email="'p' || i || '@kunde.example'",
            phone="'+49 3641 ' || i",
        )  # fmt: skip
        chosen = kind.objects.all()[0]
        number, first_activity = entities(activity, persons, "'Call ' || i")
        make.fill(
            activity, persons, cremeentity_ptr_id=number, title="'Call ' || i", start=now,
            end=now, type_id=f"'{chosen.type_id}'", sub_type_id=f"'{chosen.pk}'",
        )  # fmt: skip
        row = relation.objects.count() and relation.objects.order_by("-pk")[0].pk
        for subject, object_, pairs in (
            ("persons-subject_employed_by", "persons-object_employed_by",
             (f"{first_contact} + i", f"{first_company} + 1 + i % {companies}", contact, organisation)),
            ("activities-subject_activity_subject", "activities-object_activity_subject",
             (f"{first_contact} + i", f"{first_activity} + i", contact, activity)),
        ):  # fmt: skip
            one, other, its_type, other_type = pairs
            for place, (type_, a, b, goal) in enumerate(
                ((subject, one, other, other_type), (object_, other, one, its_type))
            ):
                make.fill(
                    relation, persons, id=f"{row} + 2 * i - {place}", type_id=f"'{type_}'", created=now,
                    user_id=str(user.pk), subject_entity_id=a, object_entity_id=b,
                    object_ctype_id=str(types[goal]), symmetric_relation_id=f"{row} + 2 * i - {1 - place}",
                )  # fmt: skip
            row += 2 * persons
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(*_session(user), first_contact + persons // 2)


def _session(user):  # type: ignore[no-untyped-def]
    """A session of that user: the cookie's name and value."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return settings.SESSION_COOKIE_NAME, session.session_key


if __name__ == "__main__":
    main(int(sys.argv[1]))
