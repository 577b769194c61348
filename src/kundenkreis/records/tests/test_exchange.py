from __future__ import annotations

import pytest
from django.utils import translation

from kundenkreis.crm.people.models import ContactDetail, Person
from kundenkreis.kernel import store
from kundenkreis.kernel.errors import DomainError, NotAllowed
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CARLA, CRM
from kundenkreis.records import importing, named

pytestmark = pytest.mark.django_db(databases=CRM)

PERSON = named("person")
FILE = """Vorname;last name;E-mail;Unbekannt
Jana;Weiß;jana@example.org;x
;;nobody@example.org;x
Markus;Kern;kein-postfach;x
Petra;Tann;petra@example.org;x
"""


@pytest.fixture(autouse=True)
def english() -> object:
    with translation.override("en"):
        yield


def mapped(table: importing.Sheet) -> list[str]:
    return ["first_name", *importing.guessed(PERSON, ANNA, table.header)[1:]]


def test_it_guesses_the_columns_it_knows() -> None:
    table = importing.sheet(FILE)
    assert importing.guessed(PERSON, ANNA, table.header) == ["", "last_name", "email", ""]


def test_it_checks_every_row_and_writes_nothing() -> None:
    table = importing.sheet(FILE)
    result = importing.check(PERSON, ANNA, table, mapped(table))
    assert result.good == 2
    assert [line for line, _ in result.errors] == [3, 4]  # 3: only the command knows that rule
    assert not Person.objects.exists()
    assert not AuditEntry.objects.using("default").exists()


def test_it_creates_the_good_rows_and_reports_the_others() -> None:
    table = importing.sheet(FILE)
    result = importing.run(PERSON, ANNA, table, mapped(table))
    assert result.good == 2
    assert sorted(line for line, _ in result.errors) == [3, 4]
    assert sorted(Person.objects.values_list("last_name", flat=True)) == ["Tann", "Weiß"]
    assert ContactDetail.objects.count() == 2
    assert set(AuditEntry.objects.using("default").values_list("via", flat=True)) == {"import"}


def test_it_promises_exactly_what_it_then_does() -> None:
    table = importing.sheet(FILE)
    promised = importing.check(PERSON, ANNA, table, mapped(table))
    assert importing.run(PERSON, ANNA, table, mapped(table)) == promised


def test_it_names_the_line_a_row_begins_in() -> None:
    table = importing.sheet('last name;source\nA;"two\nlines"\n\n;x\nB;y\n')
    mapping = importing.guessed(PERSON, ANNA, table.header)
    result = importing.check(PERSON, ANNA, table, mapping)
    assert [line for line, _ in result.errors] == [5]
    assert table.lines == [2, 5, 6]


def test_it_finds_a_value_that_comes_twice_in_the_file() -> None:
    table = importing.sheet("last name,customer number\nA,K-1\nB,K-1\n")
    mapping = importing.guessed(PERSON, ANNA, table.header)
    result = importing.check(PERSON, ANNA, table, mapping)
    assert (result.good, [line for line, _ in result.errors]) == (1, [3])


def test_it_finds_a_number_that_comes_twice_though_a_shop_has_it_too() -> None:
    product = named("product")
    with store.group(Side.CRM):
        store.create(ANNA, product.model, source="shop", sku="T1", name="Tasse")
    table = importing.sheet("sku;name;currency\nT1;Becher;EUR\nT1;Krug;EUR\n")
    result = importing.check(product, ANNA, table, ["sku", "name", "currency"])
    assert (result.good, [line for line, _ in result.errors]) == (1, [3])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"only a header\n",
        b"a\0b\nc\n",
        b"x" * (importing.MAX_BYTES + 1),
        b"," * 200 + b"\n1\n",
    ],
)
def test_it_refuses_files_it_cannot_read(content: bytes) -> None:
    with pytest.raises(DomainError):
        importing.sheet(*importing.decoded(content))


def test_it_reads_the_encoding_of_old_spreadsheets() -> None:
    text, encoding = importing.decoded("Name\nMüller".encode("cp1252"))
    assert (text, encoding) == ("Name\nMüller", "Windows-1252")


def test_it_imports_for_those_only_who_may() -> None:
    table = importing.sheet(FILE)
    with pytest.raises(NotAllowed):
        importing.check(PERSON, CARLA, table, mapped(table))
