"""Finds every translatable text in Python code and in templates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation.template import templatize


class Text(NamedTuple):
    """A translatable text: its context (or None), its singular and its plural (or None)."""

    context: str | None
    singular: str
    plural: str | None


# What the positions of the arguments mean, by the function's name.
SHAPES: dict[str, tuple[str, ...]] = {
    "_": ("singular",),
    "gettext": ("singular",),
    "gettext_lazy": ("singular",),
    "gettext_noop": ("singular",),
    "ngettext": ("singular", "plural"),
    "ngettext_lazy": ("singular", "plural"),
    "pgettext": ("context", "singular"),
    "pgettext_lazy": ("context", "singular"),
    "npgettext": ("context", "singular", "plural"),
    "npgettext_lazy": ("context", "singular", "plural"),
}
_STRING = r"""[rRuU]?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_CALL = re.compile(
    rf"(?<![\w.])(\w+)\(\s*({_STRING}(?:\s*,\s*{_STRING})*)",
    re.DOTALL,
)


def texts_in_python(source: str) -> Iterator[Text]:
    """The texts in calls such as `_("…")` and `ngettext("…", "…", n)`.

    Raises:
        ValueError: a call whose text is put together at run time, which nobody can translate.
    """
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        shape = SHAPES.get(name)
        if shape is None:
            continue
        arguments = node.args[: len(shape)]
        if any(_is_composed(argument) for argument in arguments):
            raise ValueError(f"line {node.lineno}: {name}() needs a literal text with placeholders")
        literals = [a.value for a in arguments if isinstance(a, ast.Constant)]
        strings = [literal for literal in literals if isinstance(literal, str)]
        if len(strings) == len(shape):
            yield _text(shape, strings)


def texts_in_template(source: str) -> Iterator[Text]:
    """The texts in `{% translate %}`, `{% blocktranslate %}` and `_("…")` inside tags."""
    for name, arguments in _CALL.findall(templatize(source)):
        shape = SHAPES.get(name)
        if shape is None:
            continue
        strings = [ast.literal_eval(string) for string in re.findall(_STRING, arguments, re.DOTALL)]
        if len(strings) >= len(shape):
            yield _text(shape, strings)


def _is_composed(argument: ast.expr) -> bool:
    """Whether a text is built from parts: f-string, `+`, `%` or `.format()`."""
    return isinstance(argument, ast.JoinedStr | ast.BinOp) or (
        isinstance(argument, ast.Call)
        and isinstance(argument.func, ast.Attribute)
        and argument.func.attr == "format"
    )


def _text(shape: tuple[str, ...], strings: list[str]) -> Text:
    given = dict(zip(shape, strings, strict=False))
    return Text(given.get("context"), given["singular"], given.get("plural"))
