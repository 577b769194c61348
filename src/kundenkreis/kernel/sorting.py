"""The order in which people look names up, DIN 5007: ä with a, ß as ss, whatever the case.

The same in Python, SQLite and PostgreSQL, whatever collation a server was set up with: a fixed table
makes the key of a text, and keys are compared by their code points. SQLite gets it as a function of
each connection, PostgreSQL as one that a migration makes. An index over a column's keys serves lists
in their order; whoever changes the table makes these indexes anew in the same migration.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

from django.db import models
from django.db.models import CharField, Field, TextField, Transform

SUFFIX = "__sorted"
_BLOCKS = ((0x41, 0x5B), (0xC0, 0x250), (0x370, 0x400), (0x400, 0x530), (0x1E00, 0x2000))
_STRUCK = str.maketrans("øđłħŧðı", "odlhtdi")  # letters that Unicode takes for no others
_SEVERAL = {"ß": "ss", "æ": "ae", "œ": "oe"}


def _plain(char: str) -> str:
    """A letter without case and accents; itself where that is more than one letter."""
    apart = unicodedata.normalize("NFD", char)
    plain = "".join(one for one in apart if not unicodedata.combining(one)).casefold()
    return plain.translate(_STRUCK) if len(plain) == 1 else char


_LETTERS = {
    chr(code): letter
    for low, high in _BLOCKS
    for code in range(low, high)
    if (letter := _plain(chr(code))) != chr(code)
} | {"ẞ": "ß"}
_TABLE = str.maketrans({char: _SEVERAL.get(one, one) for char, one in _LETTERS.items()} | _SEVERAL)


def sort_key(text: str) -> str:
    """What texts are sorted by."""
    return text.lower() if text.isascii() else text.translate(_TABLE)


class Sorted(Transform):
    """`sort_key` in the database: `order_by("name__sorted")`, `filter(name__sorted__gt=key)`."""

    lookup_name = "sorted"  # as in `SUFFIX`
    function = "KK_SORTED"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        # Keys are compared as in SQLite and Python, whatever the order of the server.
        template = '%(function)s((%(expressions)s)::text COLLATE "C")'
        return self.as_sql(compiler, connection, template=template, **extra)


for _column in (CharField, TextField):
    _column.register_lookup(Sorted)


def path(name: str, column: Field[Any, Any]) -> str:
    """The path by which rows are sorted by a column. An identifier, a text that is there once or
    not at all, has no order but its own."""
    words = isinstance(column, models.CharField | models.TextField) and not column.choices
    return f"{name}{SUFFIX}" if words and not (column.unique and column.null) else name


@lru_cache(maxsize=16_384)  # names repeat, and SQLite asks for each row
def in_sqlite(text: object) -> str | None:
    """`sort_key` as a function of SQLite."""
    return None if text is None else sort_key(str(text))


def in_postgresql() -> str:
    """The statement that makes the function of PostgreSQL."""
    found, letters = "".join(_LETTERS), "".join(_LETTERS.values())
    key = f"translate($1, '{found}', '{letters}')"
    for one, several in _SEVERAL.items():
        key = f"replace({key}, '{one}', '{several}')"
    # Not by its table where it need not be: that looks each character up from its beginning.
    plain = 'octet_length($1) = length($1) THEN lower($1 COLLATE "C")'
    return (
        "CREATE OR REPLACE FUNCTION kk_sorted(text) RETURNS text LANGUAGE sql IMMUTABLE"
        f" PARALLEL SAFE AS $body$ SELECT CASE WHEN {plain} ELSE {key} END $body$"
    )
