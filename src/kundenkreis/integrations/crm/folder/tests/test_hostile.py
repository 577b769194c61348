"""Files that mean harm, or are simply broken, harm nobody; the others are taken all the same."""

from __future__ import annotations

import io
import zipfile

import pytest

from kundenkreis.crm.people.models import Person
from kundenkreis.integrations.crm.folder import commands, opening, sources
from kundenkreis.integrations.crm.folder.tests.conftest import SAID, brought, csv, work
from kundenkreis.kernel.errors import DomainError, NotAllowed
from kundenkreis.kernel.testing import ANNA, CARLA, CRM
from kundenkreis.records.models import Transfer

pytestmark = pytest.mark.django_db(databases=CRM)
GOOD = csv("Vorname;Nachname;E-Mail", "Anna;Kern;a@example.org")


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def reasons(transfer: Transfer) -> dict[str, str]:
    return {one["name"]: one["why"] for one in transfer.found["left"]}


@pytest.mark.parametrize(
    "bad",
    [
        b"", b"\0" * 500, b"\x89PNG\r\n\x1a\n" + b"\0" * 100, b"PK\x03\x04 broken", b'a;b\n"never closed;x\n',
        csv(";".join(f"c{n}" for n in range(5_000)), "1;2"), b"BEGIN:VCARD\nEND:VCARD\n", b"%PDF-1.7\n\0",
    ],
    ids=["empty", "nul", "picture", "archive", "quote", "columns", "card", "pdf"],
)  # fmt: skip
def test_a_bad_file_is_told_and_the_good_one_taken(bad: bytes) -> None:
    transfer = brought({"schlecht": bad, "gut.csv": GOOD})
    assert transfer.state == Transfer.State.ASKING
    assert set(reasons(transfer)) == {"schlecht"}
    assert [part["name"] for part in transfer.found["parts"]] == ["gut.csv"]


def test_a_folder_may_be_packed() -> None:
    transfer = brought(
        {"alles.zip": packed({"a/gut.csv": GOOD, "__MACOSX/x": b"1", ".DS_Store": b"1"})}
    )
    assert [part["name"] for part in transfer.found["parts"]] == ["a/gut.csv"]


def test_names_in_an_archive_lead_nowhere() -> None:
    evil = {"../../../tmp/evil.csv": GOOD, "/etc/passwd.csv": GOOD, "C:\\x\\..\\y.csv": GOOD}
    transfer = brought({"a.zip": packed(evil)})
    names = [part["name"] for part in transfer.found["parts"]]
    assert names == ["tmp/evil.csv", "etc/passwd.csv", "x/y.csv"]
    inside = {path.name for path in sources.place(transfer, "x").parent.iterdir()}
    assert inside == {f"upload-{n}" for n in range(4)} | {f"rows-{n}-0.jsonl" for n in (1, 2, 3)}


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = packed({f"{n}.csv": b"0" * 20_000_000 for n in range(4)})
    transfer = brought({"bombe.zip": bomb, "gut.csv": GOOD})
    assert set(reasons(transfer)) == {"bombe.zip"}
    assert not sources.place(transfer, "upload-2").exists()


def test_an_archive_in_an_archive_stays_closed() -> None:
    transfer = brought({"a.zip": packed({"b.zip": packed({"c.csv": GOOD}), "gut.csv": GOOD})})
    assert set(reasons(transfer)) == {"b.zip"}


def test_nothing_at_all_is_said_clearly() -> None:
    transfer = brought({"a.txt": b"hello"})
    assert transfer.state == Transfer.State.FAILED
    assert "a.txt" in transfer.problem


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MOST_FILES", 2)
    with pytest.raises(DomainError, match="2"):
        commands.start(ANNA, [(f"{n}.csv", iter([GOOD])) for n in range(3)])


def test_whoever_may_not_import_may_not_begin() -> None:
    with pytest.raises(NotAllowed):
        commands.start(CARLA, [("a.csv", iter([GOOD]))])


def test_it_goes_on_after_a_crash_and_nothing_comes_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    from kundenkreis.integrations.crm.folder import carrying
    from kundenkreis.records import working

    rows = [f"Vor{n};Nach{n};p{n}@example.org" for n in range(12)]
    transfer = brought({"a.csv": csv("Vorname;Nachname;E-Mail", *rows)})
    commands.decide(ANNA, transfer, SAID)
    work(transfer)
    commands.carry(ANNA, transfer)
    for name, value in (("FIRST", 5), ("MOST", 5)):
        monkeypatch.setattr(carrying, name, value)
    begun = carrying.Carrying(commands.SIDE, transfer, ANNA)
    assert begun.piece()
    begun.close()
    with sources.place(transfer, sources.RESULTS).open("a") as log:
        log.write(
            '{"key": "person:9", "pk": 1, "became": "created", "left": []}\n'
        )  # not committed
    transfer.refresh_from_db()
    assert (transfer.position, Person.objects.count()) == (5, 5)
    working.let_go()
    work(transfer)
    assert transfer.state == Transfer.State.DONE
    assert Person.objects.count() == 12
    assert transfer.counts["done_created"] == 12


def test_nobody_who_was_erased_comes_back_by_a_file() -> None:
    from kundenkreis.integrations.crm.folder import review
    from kundenkreis.kernel import store, tombstones

    with store.group(commands.SIDE, "test"):
        tombstones.bury(["email|anna@example.org", "number||77"])
    rows = ["Anna;Kern;Anna@example.org;", "Ben;Ott;b@example.org;77", "Cem;Uz;c@example.org;78"]
    transfer = brought({"a.csv": csv("Vorname;Nachname;E-Mail;Kundennummer", *rows)})
    commands.decide(ANNA, transfer, SAID)
    work(transfer)
    commands.carry(ANNA, transfer)
    work(transfer)
    assert [one.first_name for one in Person.objects.all()] == ["Cem"]
    assert transfer.counts["done_failed"] == 2
    assert {one["line"] for one in review.problems(transfer)} == {2, 3}


def test_one_broken_file_of_a_packed_folder_takes_no_other_along() -> None:
    rows = [f"Vor{n};Nach{n};p{n}@example.org" for n in range(200)]
    content = csv("Vorname;Nachname;E-Mail", *rows)
    data = bytearray(packed({"kaputt.csv": content, "gut.csv": GOOD}))
    at = data.index(b"kaputt.csv") + len("kaputt.csv")
    data[at : at + 40] = b"\xff" * 40
    transfer = brought({"alles.zip": bytes(data)})
    assert [part["name"] for part in transfer.found["parts"]] == ["gut.csv"]
    assert "broken" in reasons(transfer)["kaputt.csv"]


def test_of_two_files_of_one_name_one_is_read_anew() -> None:
    old = "Vorname;Nachname;E-Mail\nJürgen;Groß;j@example.org".encode("cp850")
    uploads = [("kontakte.csv", iter([one])) for one in (old, GOOD)]
    transfer = work(commands.start(ANNA, uploads))
    commands.read_again(ANNA, transfer, 0, {"encoding": "cp850"})
    work(transfer)
    assert [part["encoding"].removesuffix("-sig") for part in transfer.found["parts"]] == [
        "cp850",
        "utf-8",
    ]
