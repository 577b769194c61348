"""The record engine: one declaration gives a type its list, pages, form, board and exchange."""

from kundenkreis.records.declaration import (
    Board,
    Button,
    Column,
    Exchange,
    Figure,
    Input,
    Key,
    Lane,
    Panel,
    RecordType,
    Section,
    Tag,
)
from kundenkreis.records.registry import extend, named, register

__all__ = [
    "Board",
    "Button",
    "Column",
    "Exchange",
    "Figure",
    "Input",
    "Key",
    "Lane",
    "Panel",
    "RecordType",
    "Section",
    "Tag",
    "extend",
    "named",
    "register",
]
