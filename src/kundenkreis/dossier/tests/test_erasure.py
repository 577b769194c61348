"""Erasure on both sides: what goes, what has to stay, and that nothing comes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.mail import EmailMessage

from kundenkreis.crm.people.commands import create_person, create_persons
from kundenkreis.crm.people.models import ContactDetail, Person, Restriction
from kundenkreis.crm.protection.erasures import order_erasure
from kundenkreis.crm.protection.models import DataRequest, Erasure
from kundenkreis.crm.sales.models import Order, OrderLine
from kundenkreis.crm.work.models import Activity
from kundenkreis.dossier import erasing, places, register, replaying
from kundenkreis.dossier.jobs import run_erasure
from kundenkreis.dossier.tests.people import Planted, plant
from kundenkreis.dossier.whose import whose
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.kernel import audit, journal, store, tombstones
from kundenkreis.kernel.errors import DomainError, NotAllowed
from kundenkreis.kernel.mail import box
from kundenkreis.kernel.models import AuditEntry, RemovedRow
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BEN, BOTH, SYSTEM
from kundenkreis.records import named

pytestmark = pytest.mark.django_db(databases=BOTH, transaction=True)


@pytest.fixture(autouse=True)
def _empty_register() -> Iterator[None]:
    journal.path(Side.CRM).unlink(missing_ok=True)
    yield
    journal.path(Side.CRM).unlink(missing_ok=True)


def erased(found: Planted) -> Erasure:
    made = order_erasure(actor=ANNA, person_id=found.person.pk, typed=str(found.person))
    run_erasure(made)
    made.refresh_from_db()
    return made


def texts(side: Side) -> str:
    """Everything that the tables of a side say, whatever their kind."""
    from django.db import connections

    connection, said = connections[side.alias], []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith("kernel_search_"):
                continue  # the shadow of the documents; test_g03_no_file looks into the file
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            said += [f"{table}: {row}" for row in cursor.fetchall()]
    return "\n".join(said).casefold()


def left(found: Planted) -> dict[str, str]:
    """The words of theirs that are still anywhere, with the table."""
    there = {}
    for side in Side:
        lines = texts(side).splitlines()
        for place, word in found.words.items():
            hit = next((line for line in lines if word.casefold() in line), None)
            if hit:
                there[f"{side} {place}"] = hit.partition(":")[0]
    return there


def test_g03_after_an_erasure_no_table_says_anything_of_them() -> None:
    found, other = plant(), plant()
    before = left(found)
    assert {key.partition(" ")[2] for key in before} == set(found.words)  # the control
    made = erased(found)
    assert left(found) == {}
    assert left(other)
    assert (made.state, made.held) == (Erasure.State.DONE, [])
    assert made.scrubbed_at
    assert made.counts["crm"]["crm_people.person"] == 1
    assert made.mentions >= 1


def test_g03_no_mail_in_the_box_says_anything_of_them(settings: Any, tmp_path: Path) -> None:
    """The news of a day name people; in the file the words are encoded."""
    settings.MAIL_BOX = tmp_path / "mail"
    found, other = plant(), plant()
    for one in (found, other):
        letter = EmailMessage("News", f"Changed: {one.person} – grüß Gott", to=["a@example.org"])
        content = letter.message().as_bytes()
        box.put(settings.MAIL_BOX, content, sender="k@example.org", to=["a@example.org"])
    erased(found)
    left = [one.text for one in box.mails(settings.MAIL_BOX, box.State.WAITING, 9)]
    assert [str(other.person) in text for text in left] == [True]


def test_g03_a_mention_in_a_note_about_somebody_else_is_blacked_out() -> None:
    found = plant()
    erased(found)
    notes = [one.text for one in Activity.objects.all()]
    assert "with █████" in notes


def test_g03_what_the_law_wants_kept_stays_restricted_with_its_reason() -> None:
    found = plant(orders=True)
    made = erased(found)
    assert "crm_sales.orderline" not in made.counts["crm"]
    person = Person.objects.get(pk=found.person.pk)
    assert OrderLine.objects.filter(order__person=person).count() == 1
    assert Order.objects.filter(person=person).count() == 1
    assert (person.last_name, person.profession, person.link_id) == (
        found.person.last_name, "", None,
    )  # fmt: skip
    kinds = set(ContactDetail.objects.filter(person=person).values_list("kind", flat=True))
    assert kinds == {"postal"}
    restriction = Restriction.objects.get(person=person)
    assert restriction.reason == "archive"
    assert restriction.note == "§ 257 HGB, § 147 AO"
    assert restriction.until
    assert restriction.until.year >= person.changed_at.year + 10
    assert [(one["table"], one["count"]) for one in made.held] == [("crm_sales.order", 1)]
    places_left = {key.partition(" ")[2] for key in left(found)}
    assert places_left <= {"first", "last", "street"}


def test_g04_who_became_part_of_them_is_erased_with_them_and_no_undo_brings_either_back() -> None:
    from kundenkreis.records.merging.commands import merge, merges_of, unmerge

    kept, gone = plant(), plant()
    kind = named("person")
    merged = merge(actor=ANNA, kind=kind, kept_id=kept.person.pk, gone_id=gone.person.pk)
    batch = merged.batch
    kept.person.refresh_from_db()
    erased(kept)
    assert left(kept) == {}
    assert left(gone) == {}
    assert merges_of(kind, kept.person.pk) == []
    with pytest.raises(DomainError):
        unmerge(actor=ANNA, kind=kind, merge_id=1)
    from kundenkreis.records.past.undo import undo

    with suppress(DomainError):
        undo(ANNA, Side.CRM, batch)
    assert not Person.objects.filter(pk__in=[kept.person.pk, gone.person.pk]).exists()
    assert left(kept) == left(gone) == {}


def test_g04_neither_history_nor_the_bin_know_anything_any_more() -> None:
    found = plant(orders=True)
    erased(found)
    person = Person.objects.get(pk=found.person.pk)
    assert not RemovedRow.objects.using("default").filter(image__person_id=person.pk).exists()
    entries = AuditEntry.objects.using("default").filter(target=f"crm.person:{person.pk}")
    assert entries.exists()
    assert all(getattr(entry, "change", None) is None for entry in entries.filter(action="create"))


def test_g12_the_chain_of_the_audit_stays_whole() -> None:
    found = plant()
    for side in Side:
        audit.seal(side)
    erased(found)
    for side in Side:
        audit.seal(side)
        assert list(audit.verify(side)) == []


def test_g05_an_import_does_not_bring_them_back_but_a_hand_may() -> None:
    found = plant()
    mail = ContactDetail.objects.get(person=found.person, kind="email").value
    rows = [
        {"last_name": "Neu", "email": mail.upper()},
        {"last_name": "Neu", "customer_number": found.person.customer_number},
        {"last_name": "Neu", "email": "somebody.else@example.org"},
    ]
    erased(found)
    made = create_persons(actor=ANNA.through("import"), rows=rows)
    assert [isinstance(one, DomainError) for one in made] == [True, True, False]
    assert "erased on" in str(made[0])
    assert create_person(actor=ANNA, last_name="Neu", email=mail).pk


def test_g05_what_was_under_way_on_the_link_is_not_received() -> None:
    import uuid

    from kundenkreis.dossier.tests.people import AT
    from kundenkreis.kernel.models import OutboxMessage
    from kundenkreis.link.models import InboxMessage
    from kundenkreis.link.receiving import receive

    found = plant()
    links = [str(found.person.link_id), str(uuid.uuid4())]
    erased(found)
    with store.group(Side.CRM, "test"):
        late = [
            OutboxMessage(uuid=uuid.uuid4(), name="x", key=key, payload={}, at=AT, crosses=True)
            for key in links
        ]
        store.append(OutboxMessage, late)
    while receive(Side.ENGAGE):
        pass
    inbox = InboxMessage.objects.using("engage")
    assert [inbox.filter(key=key).exists() for key in links] == [False, True]


def test_g05_an_order_from_before_is_nobodys() -> None:
    from kundenkreis.crm.people.customer_commands import Customer
    from kundenkreis.crm.sales.order_commands import place_orders
    from kundenkreis.crm.sales.order_values import NewOrder
    from kundenkreis.dossier.tests.people import AT
    from kundenkreis.kernel import clock

    found = plant()
    erased(found)
    who = Customer(
        customer_number=found.words["customer id"], source="shop", last_name=found.words["last"]
    )
    amounts = {"net_minor": 1, "tax_minor": 0, "gross_minor": 1, "currency": "EUR"}
    late = NewOrder(source="shop", number="A", placed_at=AT, customer=who, **amounts)  # type: ignore[arg-type]
    new = NewOrder(source="shop", number="B", placed_at=clock.now(), customer=who, **amounts)  # type: ignore[arg-type]
    place_orders(actor=SYSTEM, orders=[late, new])
    people = dict(Order.objects.values_list("number", "person__last_name"))
    assert people == {"A": None, "B": found.words["last"]}


def test_g05_a_restored_backup_is_erased_again_before_it_is_served() -> None:
    """A restore is played by taking the tombstones away and planting the same names again."""
    found = plant()
    names = whose(found.person).buried(Side.CRM)
    with store.group(Side.CRM, "test"):
        digests = {side: set(whose(found.person).buried(side)) for side in Side}
    register.note(whose(found.person), digests, found.person.created_at)
    assert not tombstones.buried(Side.CRM, names)
    assert replaying.replay() == 1
    assert left(found) == {}
    assert set(tombstones.buried(Side.CRM, names)) == names
    assert replaying.replay() == 0


def test_g05_somebody_else_with_the_same_number_is_left_alone() -> None:
    found, other = plant(), plant()
    erased(found)
    lines = (
        journal.path(Side.CRM)
        .read_text()
        .replace(f'"person": {found.person.pk}', f'"person": {other.person.pk}')
    )
    journal.path(Side.CRM).write_text(lines)
    with store.group(Side.CRM, "test"):
        store.discard(store.rows(tombstones.Tombstone))
    replaying.replay()
    assert Person.objects.filter(pk=other.person.pk).exists()
    assert left(other)


def test_nobody_is_erased_by_mistake_or_without_the_right() -> None:
    found = plant()
    for actor, typed, error in (
        (ANNA, "somebody else", DomainError), (BEN, str(found.person), NotAllowed),
    ):  # fmt: skip
        with pytest.raises(error):
            order_erasure(actor=actor, person_id=found.person.pk, typed=typed)
    assert Erasure.objects.count() == 0


def test_an_erasure_that_was_interrupted_goes_on() -> None:
    found = plant()
    made = order_erasure(actor=ANNA, person_id=found.person.pk, typed=str(found.person))
    w = whose(found.person)
    erasing.erase_in_engage(w, w.buried(Side.ENGAGE), made.created_at)  # and then it was killed
    assert Person.objects.filter(pk=found.person.pk).exists()
    run_erasure(made)
    assert left(found) == {}
    made.refresh_from_db()
    run_erasure(made)  # again changes nothing
    assert Profile.objects.using("engage").filter(link_id=found.person.link_id).count() == 0


def test_that_they_asked_stays_as_proof_but_not_their_words() -> None:
    found = plant()
    erased(found)
    request = DataRequest.objects.get()
    assert (request.person, request.wish) == (None, "")
    assert request.kind == "access"


def test_g01_every_table_that_leads_to_people_is_found() -> None:
    found = plant()
    w = whose(found.person)
    for side in Side:
        for model in places.maps(side):
            places.where(model, w)  # raises for what nobody has thought about


@pytest.mark.skipif(
    "sqlite" not in settings.DATABASES["default"]["ENGINE"], reason="files of SQLite"
)
def test_g03_no_file_of_the_installation_says_anything_of_them() -> None:
    found = plant()
    files = _files()
    assert _hits(files, found)  # the control
    erased(found)
    assert _hits(_files(), found) == {}


def _files() -> list[Path]:
    from django.db import connections

    folders = {Path(str(connections[s.alias].settings_dict["NAME"])).parent for s in Side}
    folders |= {Path(one) for one in settings.DATA_FOLDERS}
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def _hits(files: list[Path], found: Planted) -> dict[str, str]:
    import base64
    import quopri

    hits = {}
    for path in files:
        data = path.read_bytes()
        for place, word in found.words.items():
            forms = {word.encode(), word.upper().encode(), word.lower().encode()}
            forms |= {word.encode("utf-16-le"), word.encode("utf-16-be")}
            forms |= {
                base64.b64encode(word.encode()).rstrip(b"="),
                quopri.encodestring(word.encode()),
            }
            if any(form in data for form in forms):
                hits[f"{path.name} {place}"] = word
    return hits
