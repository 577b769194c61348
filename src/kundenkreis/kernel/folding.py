"""Text comparison that is the same in Python, SQLite and PostgreSQL.

Neither database folds case as Python does (SQLite's `lower` knows only ASCII, PostgreSQL's depends
on the installation), and Python's `casefold` exists in neither. So the folding is a fixed table:
NFC, then one character for one character in the Latin, Greek, Cyrillic and Armenian scripts, then
ß = ss. SQLite gets it as a function, PostgreSQL as `translate(normalize(…))`.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db.backends.signals import connection_created
from django.db.models import Func, TextField

# Blocks whose case pairs have not changed since Unicode 5; all Python versions we run on agree.
_BLOCKS = (
    (0x41, 0x5B),
    (0xB5, 0x220),
    (0x370, 0x3FF),
    (0x400, 0x530),
    (0x531, 0x557),
    (0x1E00, 0x1FFF),
)
_PAIRS = {
    chr(code): folded
    for low, high in _BLOCKS
    for code in range(low, high)
    if (folded := chr(code).casefold()) != chr(code)
    and len(folded) == 1
    and unicodedata.normalize("NFC", chr(code)) == chr(code)
}
_FROM, _TO = "".join(_PAIRS), "".join(_PAIRS.values())
_TABLE = str.maketrans({**_PAIRS, "ß": "ss", "ẞ": "ss"})


def caseless(text: str) -> str:
    """The form in which texts are compared: NFC, case folded, ß = ss."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", text).translate(_TABLE)


def _caseless(value: object) -> str | None:
    return None if value is None else caseless(str(value))


class Caseless(Func):
    """`caseless` as a database expression."""

    function = "KK_CASELESS"
    arity = 1
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        _register(connection)
        return self.as_sql(compiler, connection, **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        inner, params = compiler.compile(self.source_expressions[0])
        # "ß" stays itself in `translate` and is replaced afterwards.
        sql = f"REPLACE(TRANSLATE(NORMALIZE(({inner})::text, NFC), %s, %s), 'ß', 'ss')"
        return sql, (*params, f"ẞ{_FROM}", f"ß{_TO}")


def _register(connection: Any, **_: Any) -> None:
    """Give an SQLite connection the function, once; also those opened before this import."""
    raw = connection.connection
    if connection.vendor == "sqlite" and raw is not getattr(connection, "_kk_caseless", None):
        raw.create_function("KK_CASELESS", 1, _caseless, deterministic=True)
        connection._kk_caseless = raw


def _created(connection: Any, **_: Any) -> None:
    _register(connection)


connection_created.connect(_created, dispatch_uid="kundenkreis.conditions.caseless")
