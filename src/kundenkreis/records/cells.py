"""How values look in lists and facts: text is escaped, markup comes only from here and `ui`."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zlib import crc32

from django.db import models
from django.utils.translation import gettext as _

from kundenkreis.kernel.conditions import Kind
from kundenkreis.kernel.fields import translated
from kundenkreis.records import registry
from kundenkreis.records.fields import Info
from kundenkreis.ui import formats, parts
from kundenkreis.ui.avatars import avatar
from kundenkreis.ui.markup import joined, markup

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.utils.safestring import SafeString

    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.directory import Directory

# Stable colours for words the company chooses itself, such as sources.
_WORD_TONES = ("blue", "violet", "green", "amber", "")


def shown(info: Info, record: Any, directory: Directory) -> str | SafeString:
    """A value as a page shows it; empty text when there is none."""
    value = info.value(record)
    if value is None or value in ("", []):
        return ""
    if info.kind is Kind.WORDS:
        return words(_labels(info, value))
    if info.directory:
        return person_mark(directory.name(info.name, value))
    if info.kind is Kind.REFERENCE:
        return linked(value)
    if isinstance(info.column, models.URLField):
        return _address(value)
    if info.kind is Kind.DATETIME:
        return parts.when(value)
    if info.name == "next_step_on":
        return parts.due(value)
    return written(info, value)


def written(info: Info, value: Any, language: str | None = None) -> str:
    """A value as plain text in the active language."""
    match info.kind:
        case Kind.CHOICE:
            return str(_choices(info.column).get(value, value))
        case Kind.MONEY:
            return formats.money(value, language=language)
        case Kind.NUMBER:
            return _number(info, value, language)
        case Kind.DATE:
            return formats.day(value, language)
        case Kind.DATETIME:
            return formats.instant(value, language)
        case Kind.TIME:
            return f"{value:%H:%M}"
        case Kind.BOOLEAN:
            return _("yes") if value else _("no")
        case Kind.WORDS:
            return ", ".join(_labels(info, value))
    if info.translated:
        return translated(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@lru_cache(maxsize=500)
def _choices(column: models.Field[Any, Any]) -> Mapping[Any, Any]:
    """What there is to choose from, by value; Django would make the list anew for every cell."""
    return dict(column.flatchoices)


def _labels(info: Info, values: list[str]) -> list[str]:
    """Words as people read them: those that were laid down have labels."""
    labels = _choices(info.column)
    return [str(labels.get(word, word)) for word in values]


def linked(record: Any) -> SafeString:
    """Another record: its mark and its name, a link when it has a page."""
    kind = registry.of_model(type(record))
    if kind is None:
        return markup("{}", record)
    return linked_to(kind, record.pk, str(record))


def linked_to(kind: RecordType, pk: int, name: str) -> SafeString:
    """The same, of a record that is known by its number and name."""
    mark = avatar(name, square=True) if kind.square else ""
    return markup('<span class="cell row">{}<a href="{}">{}</a></span>', mark, kind.url(pk), name)


def titled(kind: Any, record: Any, way: str = "") -> SafeString:
    """The name of a record in the first column of its list; `way` tells its page of the list."""
    return markup(
        '<span class="cell">{}<a href="{}{}">{}</a></span>',
        avatar(str(record), square=kind.square),
        kind.url(record.pk),
        way,
        record,
    )


@lru_cache(maxsize=4096)
def person_mark(name: str) -> SafeString:
    """A member of staff: initials and name."""
    if not name:
        return _empty()
    return markup('<span class="cell row">{}{}</span>', avatar(name), name)


@lru_cache(maxsize=1024)
def word(text: str) -> SafeString:
    """A word the company chose, as a tag whose colour stays the same."""
    if not text:
        return _empty()
    return parts.tag(text, _WORD_TONES[crc32(text.encode()) % len(_WORD_TONES)])


def words(texts: Iterable[str]) -> SafeString:
    """Several words, such as tags, side by side."""
    return markup('<span class="words">{}</span>', joined(*map(word, texts)))


def _empty() -> SafeString:
    return markup("{}", "")


def _address(url: str) -> SafeString:
    if not url.startswith(("https://", "http://")):
        return markup("{}", url)
    short = url.split("://", 1)[1].removeprefix("www.").rstrip("/")
    return markup('<a href="{}" rel="noreferrer noopener" target="_blank">{}</a>', url, short)


def _number(info: Info, value: Any, language: str | None) -> str:
    if isinstance(info.column, models.PositiveSmallIntegerField):
        return str(value)  # years, positions: no grouping
    places = -value.normalize().as_tuple().exponent if hasattr(value, "normalize") else 0
    return formats.number(value, max(places, 0), language)
