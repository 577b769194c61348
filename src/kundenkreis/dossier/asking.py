"""What staff ask the worker for: an erasure, a complete export."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from kundenkreis.crm.protection import disclosures, erasures
from kundenkreis.crm.protection.models import Disclosure, Erasure
from kundenkreis.dossier import files, retention
from kundenkreis.dossier.jobs import (
    collect_person,
    erase_person,
    forget_what_is_over,
    make_disclosure,
)
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.sides import Side


def order_erasure(
    *, actor: Actor, person_id: int, typed: str, request_id: int | None = None
) -> Erasure:
    """Have somebody erased by the worker; see `crm.protection.erasures.order_erasure`."""
    with store.group(Side.CRM, "dossier.order_erasure"):
        made = erasures.order_erasure(
            actor=actor, person_id=person_id, typed=typed, request_id=request_id
        )
        erase_person.enqueue_once(f"erase|{made.pk}", made.pk)
    return made


def order_disclosure(*, actor: Actor, person_id: int, request_id: int | None = None) -> Disclosure:
    """Have everything collected that both sides hold about somebody."""
    with store.group(Side.CRM, "dossier.order_disclosure"):
        made = disclosures.order_disclosure(
            actor=actor, person_id=person_id, request_id=request_id, folder=files.new_name()
        )
        collect_person.enqueue_once(f"collect|{made.pk}", made.pk)
    return made


def approve_disclosure(*, actor: Actor, disclosure_id: int, shown: Collection[str]) -> None:
    """Let the worker make the files as looked through."""
    with store.group(Side.CRM, "dossier.approve_disclosure"):
        disclosures.approve_disclosure(actor=actor, disclosure_id=disclosure_id, shown=shown)
        make_disclosure.enqueue_once(f"disclose|{disclosure_id}", disclosure_id)


def encrypt_disclosure(*, actor: Actor, disclosure_id: int) -> str:
    """Encrypt the files and delete what is not encrypted; returns the password, which nobody keeps.

    Raises `DomainError` when it is encrypted already.
    """
    password = files.new_password()
    with store.group(Side.CRM, "dossier.encrypt_disclosure"):
        found = disclosures.made(actor=actor, disclosure_id=disclosure_id)
        size = files.encrypt(found.folder, password, f"disclosure-{found.pk}")
        disclosures.note_encrypted(actor=actor, disclosure_id=disclosure_id, size=size)
    return password


def take_disclosure(*, actor: Actor, disclosure_id: int) -> Path:
    """The encrypted file, to be handed out; that it was is in the audit. Raises `DomainError`."""
    found = disclosures.note_download(actor=actor, disclosure_id=disclosure_id)
    return files.place(found.folder, files.PACKAGE)


def forget_now(*, actor: Actor) -> None:
    """Let the worker forget at once what is over. Raises `NotAllowed`."""
    actor.require(retention.RUN)
    with store.group(Side.CRM, "dossier.forget_now"):
        forget_what_is_over.enqueue_once("forget|now")
