"""Blacking out what is written about somebody in other places: notes on others, queues, old files.

Only texts are looked for that mean nobody else (`Whose.tokens`). What is only passing through, such
as messages and images of deleted rows, goes as a whole; of everything else the words go.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import batched
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import CharField, JSONField, Model, Q, TextField
from django.db.models.functions import Cast

from kundenkreis.crm.accounts.models import Session
from kundenkreis.crm.letters.models import PrintRun
from kundenkreis.crm.people.models import (
    ContactDetail,
    ContactPermission,
    CustomerId,
    Organisation,
    Person,
)
from kundenkreis.crm.sales.models import Competitor, Order, OrderLine, Product
from kundenkreis.dossier import places
from kundenkreis.dossier.whose import Whose
from kundenkreis.engage.consent.models import ConsentEntry, ConsentState
from kundenkreis.engage.profiles.models import Identifier, Profile
from kundenkreis.engage.tracking.models import RejectedItem, SeenMessage, SeenOrder
from kundenkreis.kernel import files, store
from kundenkreis.kernel import models as kernel
from kundenkreis.kernel.mail import box
from kundenkreis.kernel.mail.box import Mail, State
from kundenkreis.kernel.record import Record
from kundenkreis.kernel.sides import Side, side_of_label
from kundenkreis.kernel.transactions import current
from kundenkreis.link.models import InboxMessage
from kundenkreis.records.exchange import storing
from kundenkreis.records.models import BulkFailure, Merge, Transfer

BLACK = "█████"
PIECE = 200
# Rows that only pass something on, or keep what was: they go whole.
WHOLE: set[type[Model]] = {
    kernel.RemovedRow, kernel.OutboxMessage, kernel.IdempotencyKey, kernel.AuditChange,
    InboxMessage, RejectedItem, BulkFailure, Merge,
}  # fmt: skip
# What others are called and how they are reached is theirs; the audit's entries are sealed.
APART: set[type[Model]] = {
    kernel.AuditEntry, kernel.AuditSeal, kernel.Tombstone, kernel.Cursor, kernel.SearchDocument,
    kernel.IndexedWord, kernel.Hold, Person, Organisation, ContactDetail, CustomerId, ContactPermission, Product,
    Competitor, Order, OrderLine, Profile, Identifier, ConsentEntry, ConsentState, SeenOrder,
    SeenMessage, Transfer,
}  # fmt: skip


def sweep(side: Side, w: Whose) -> int:
    """Black them out on one side; returns how many rows that was."""
    if not w.tokens:
        return 0
    return sum(_table(side, model, w) for model in _models(side))


def _models(side: Side) -> Iterator[type[Model]]:
    for config in apps.get_app_configs():
        if config.name.startswith("kundenkreis.") and config.label != places.STAFF_CONTEXT:
            for model in config.get_models():
                if side_of_label(config.label) in (None, side) and model not in APART:
                    yield model


def _texts(model: type[Model]) -> list[Any]:
    return [
        column
        for column in model._meta.concrete_fields
        if isinstance(column, JSONField)
        or (isinstance(column, CharField | TextField) and not column.choices)
    ]


def _table(side: Side, model: type[Model], w: Whose) -> int:
    pks = [] if not (columns := _texts(model)) else hits(side, model, w)
    for piece in batched(pks, PIECE, strict=False):
        with store.group(side, "dossier.sweep"):
            here = store.rows(model).filter(pk__in=piece)
            if model in WHOLE:
                store.discard(here)
            else:
                _black_out(model, columns, w.tokens, here)
    return len(pks)


def mentions(w: Whose) -> Iterator[tuple[type[Model], str]]:
    """What is written about them in records of others: the type and the text."""
    for model in _models(Side.CRM):
        if issubclass(model, Record):
            rows = store.stored(Side.CRM, model).filter(pk__in=hits(Side.CRM, model, w))
            for row in rows:
                for column in _texts(model):
                    text = getattr(row, column.attname)
                    if isinstance(text, str) and without(text, w.tokens) != text:
                        yield model, text


def hits(side: Side, model: type[Model], w: Whose) -> list[Any]:
    """The numbers of rows of others in which one of their texts stands."""
    columns = _texts(model)
    rows, found = store.stored(side, model), Q(pk__in=[])
    for column in columns:
        rows = rows.annotate(**{f"_{column.name}": Cast(column.name, TextField())})
        for token in w.tokens:
            for form in {token, json.dumps(token)[1:-1]}:
                found |= Q(**{f"_{column.name}__icontains": form})
    theirs = places.where(model, w)
    if theirs is not None:
        rows = rows.exclude(pk__in=store.stored(side, model).filter(theirs).values("pk"))
    return list(rows.filter(found).values_list("pk", flat=True)) if w.tokens else []


def _black_out(
    model: type[Model], columns: Sequence[Any], tokens: Sequence[str], rows: Any
) -> None:
    for row in rows:
        changed = {}
        for column in columns:
            before = getattr(row, column.attname)
            after = without(before, tokens)
            if after != before:
                most = getattr(column, "max_length", None)
                changed[column.name] = after[:most] if most and isinstance(after, str) else after
        if changed:
            store.replace(store.rows(model).filter(pk=row.pk), **changed)
            if issubclass(model, Record):
                current().touch(model, row.pk)


def without(value: Any, tokens: Sequence[str]) -> Any:
    """The value with every token blacked out, whatever its case; also within lists and mappings."""
    if isinstance(value, str):
        for token in tokens:
            at = value.casefold().find(token.casefold())
            while at >= 0:
                value = value[:at] + BLACK + value[at + len(token) :]
                at = value.casefold().find(token.casefold())
        return value
    if isinstance(value, list):
        return [without(one, tokens) for one in value]
    if isinstance(value, dict):
        return {without(key, tokens): without(one, tokens) for key, one in value.items()}
    return value


def drop_files(side: Side, w: Whose, batches: set[str]) -> int:
    """Delete the working copies of imports that had them, and every file that was taken out: they
    can be made anew, and nobody knows what is in them."""
    gone = []
    for transfer in store.stored(side, Transfer):
        out = transfer.direction == Transfer.Direction.OUT
        if out or transfer.batch in batches or _holds(storing.folder(side, transfer.folder), w):
            gone.append(transfer)
    storing.forget(side, [one.folder for one in gone])
    if side is Side.CRM:
        _drop_prints()
    with store.group(side, "dossier.sweep"):
        store.discard(store.rows(Transfer).filter(pk__in=[one.pk for one in gone]))
    return len(gone)


def _drop_prints() -> None:
    """Letters for many and labels lie in one file for all of them."""
    runs = store.stored(Side.CRM, PrintRun).exclude(pdf="", docx="")
    for names in runs.values_list("pdf", "docx"):
        files.discard(Side.CRM, names)
    with store.group(Side.CRM, "dossier.sweep"):
        store.replace(store.rows(PrintRun), pdf="", docx="")


def _holds(folder: Path, w: Whose) -> bool:
    forms = {form.casefold() for token in w.tokens for form in (token, json.dumps(token)[1:-1])}
    for path in folder.rglob("*"):
        if path.is_file():
            for encoding in ("utf-8", "utf-16", "cp1252"):
                text = path.read_bytes().decode(encoding, "ignore").casefold()
                if any(form in text for form in forms):
                    return True
    return False


def drop_mails(w: Whose) -> int:
    """Mails that name somebody (the news of the day do), whatever became of them: nobody sends or
    reads them any more."""
    gone = [
        path
        for state in State
        for path in box.paths(settings.MAIL_BOX, state)
        if _names(box.read(path), w)
    ]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _names(mail: Mail, w: Whose) -> bool:
    """Whether a mail has one of the tokens, in words: what lies in its file is encoded."""
    said = " ".join((*mail.to, mail.subject, mail.text, mail.problem))
    return any(token in said for token in w.tokens)


def drop_messages(w: Whose) -> int:
    """Messages that staff have not read yet (“Jana Weiß was created”) wait in their sessions."""
    gone = [
        one.pk for one in Session.objects.filter(user__isnull=False).iterator()
        if any(token in json.dumps(one.get_decoded(), ensure_ascii=False) for token in w.tokens)
    ]  # fmt: skip
    with store.group(Side.CRM, "dossier.sweep"):
        store.discard(store.rows(Session).filter(pk__in=gone))
    return len(gone)
