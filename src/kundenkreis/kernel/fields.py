"""Column types the product needs beyond Django's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import BigIntegerField, Func, JSONField, Value
from django.utils.translation import get_language

from kundenkreis.kernel.words import different

LANGUAGES = ("de", "en")
PREFIX = "custom__"  # how fields that the company has defined begin; see `kernel.custom`

if TYPE_CHECKING:
    _BigInteger = models.BigIntegerField[int, int]
else:
    _BigInteger = models.BigIntegerField


def is_custom(name: str) -> bool:
    """Whether a field's name is that of one the company has defined."""
    return name.startswith(PREFIX)


class CurrentTransaction(Func):
    """The id of the running transaction (PostgreSQL's xid8); 0 on SQLite, which has one writer."""

    template = "0"
    output_field = BigIntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:
        return "(pg_current_xact_id()::text::bigint)", []


class TransactionField(_BigInteger):
    """The writing transaction's id, filled in by the database."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("db_default", CurrentTransaction())
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)


class Translated(models.JSONField):
    """A text of the configuration in every language: `{"de": "Neu", "en": "New"}`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)


class Words(models.JSONField):
    """A list of different words, such as tags: `["VIP", "Messe 2026"]`; see `kernel.wordindex`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", list)
        kwargs.setdefault("db_default", Value([], JSONField()))
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> Any:
        return different(value)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if isinstance(value, list | tuple):
            value = different(value)
        return super().get_db_prep_save(value, connection)


def translated(texts: Any, language: str | None = None) -> str:
    """The text in the given (or active) language, else in the first one that has it."""
    if not isinstance(texts, dict):
        return str(texts or "")
    wanted = (language or get_language() or "en").split("-")[0]
    for code in (wanted, *LANGUAGES):
        if texts.get(code):
            return str(texts[code])
    return next((str(text) for text in texts.values() if text), "")
