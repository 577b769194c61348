"""Heads of the audit that were kept elsewhere show what the chain alone cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from kundenkreis.config import installation, main
from kundenkreis.crm.people.models import Person
from kundenkreis.kernel import audit, heads, store
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.models import AuditEntry, AuditSeal
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CRM

pytestmark = pytest.mark.django_db(databases=[*CRM, "engage"], transaction=True)


def sealed(*names: str) -> None:
    with store.group(Side.CRM, "test"):
        for name in names:
            store.create(ANNA, Person, last_name=name)
    assert audit.seal(Side.CRM) == len(names)


def cut_off(many: int) -> None:
    last = list(AuditSeal.objects.using("default").order_by("-id")[:many])
    AuditEntry.objects.using("default").filter(pk__in=[seal.entry_id for seal in last]).delete()
    AuditSeal.objects.using("default").filter(pk__in=[seal.pk for seal in last]).delete()


@pytest.fixture
def kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Two heads, an hour apart, as a file to which they were added."""
    file = tmp_path / "heads.txt"
    installation.audit_head()  # before the first entry
    sealed("a", "b")
    installation.audit_head()
    sealed("c", "d")
    installation.audit_head()
    file.write_text(capsys.readouterr().out)
    assert len(file.read_text().splitlines()) == 6
    return file


def test_an_audit_that_only_grew_fits_every_head_that_was_kept(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sealed("e")
    assert installation.verify_audit(kept) == 0
    said = capsys.readouterr().out
    assert str(heads.newest(Side.CRM)) in said
    assert "intact" in said


@pytest.mark.parametrize("after", [(), ("e", "f")], ids=["cut", "cut and continued"])
def test_an_end_that_was_cut_off_is_found_and_named(
    kept: Path, after: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    newest = heads.newest(Side.CRM)
    cut_off(2)
    sealed(*after)
    # Control: the chain alone is whole.
    assert installation.verify_audit() == 0
    assert installation.verify_audit(kept) == 1
    said = capsys.readouterr().out
    assert f"crm: the audit was cut off before seal {newest.number} of {newest.at}" in said
    assert said.count("cut off") == 1, "the earlier head still fits"


def test_an_audit_that_was_sealed_anew_is_found(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seals = AuditSeal.objects.using("default").order_by("id")
    AuditEntry.objects.using("default").filter(pk=seals[0].entry_id).update(actor="user:4711")
    chain = audit.START
    for seal in seals:
        chain = audit._link(chain, AuditEntry.objects.using("default").get(pk=seal.entry_id))
        AuditSeal.objects.using("default").filter(pk=seal.pk).update(chain=chain)
    audit.AuditChange.objects.using("default").filter(entry=seals[0].entry_id).delete()
    # Control: whoever seals everything anew leaves a whole chain.
    assert installation.verify_audit() == 0
    assert installation.verify_audit(kept) == 1
    assert capsys.readouterr().out.count("sealed anew") == 2


@pytest.mark.parametrize(
    "text", ["", "\n", "crm 1 2026-01-01T00:00:00+00:00", "crm x - " + "0" * 64]
)
def test_what_is_no_head_is_refused_with_the_reason(tmp_path: Path, text: str) -> None:
    file = tmp_path / "heads.txt"
    file.write_text(text)
    with pytest.raises(DomainError, match="audit-head"):
        installation.verify_audit(file)


def test_the_command_line_takes_a_file_of_heads(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut_off(1)
    options = main._parser().parse_args(["verify-audit", "--head", str(kept)])
    assert options.run(options) == 1
    assert "cut off" in capsys.readouterr().out
