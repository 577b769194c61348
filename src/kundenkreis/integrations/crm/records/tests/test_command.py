from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest

from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.integrations.crm.records.command import run
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.testing import CRM

pytestmark = pytest.mark.django_db(databases=CRM)


def asked(*files: Path, **options: object) -> Namespace:
    usual = {"column": [], "value": [], "key": None, "mode": "create", "make": [], "errors": None}
    return Namespace(type="person", files=files, **{"dry_run": False, **usual, **options})


def test_it_imports_from_a_shell_what_the_page_would_import(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, errors = tmp_path / "persons.csv", tmp_path / "errors.csv"
    path.write_text("Rufname;last name;E-mail;Firma\nA;B;a@example.org;Neu\nC;D;nichts;Neu\n")
    options: dict[str, object] = {
        "column": ["Rufname=first_name", "Firma=organisation"], "make": ["organisation"],
        "value": ["source=Messe", "legal_basis=contract"],
    }  # fmt: skip
    assert run(asked(path, dry_run=True, **options)) == 1
    assert not Person.objects.exists()
    assert run(asked(path, errors=errors, **options)) == 1
    assert Person.objects.get().first_name == "A"
    assert Organisation.objects.get().name == "Neu"
    assert "nichts" in errors.read_text("utf-8")
    assert "1 " in capsys.readouterr().out


def test_it_says_what_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "persons.csv"
    path.write_text("last name\nA\n")
    for options in ({"column": ["X=last_name"]}, {"column": ["X"]}):
        with pytest.raises(DomainError):
            run(asked(path, **options))
    with pytest.raises(DomainError, match="persons2"):
        run(asked(tmp_path / "persons2.csv"))
