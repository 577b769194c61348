"""From the text of a formula to its tree: a parser of our own, nothing is ever run as a program.

    if([Amount] > 1000; [Amount] * 0,95; [Amount])

Decimals are written with a point or a comma, arguments are separated by semicolons, so both
notations are clear in every language; nothing groups thousands. Names of functions are known in
English and German.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from kundenkreis.records.formulas.errors import FormulaError
from kundenkreis.records.formulas.functions import FUNCTIONS, NAMES
from kundenkreis.records.formulas.tree import (
    DEEPEST,
    MOST_LEVELS,
    MOST_SIGNS,
    Call,
    Field,
    Literal,
    Node,
)

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    | (?P<number>[0-9]{1,15}(?:[.,][0-9]{1,10})?)
    | \[(?P<field>[^\[\]]{1,120})\]
    | "(?P<text>(?:[^"]|"")*)"
    | (?P<word>[^\W\d]\w*)
    | (?P<sign><=|>=|<>|!=|[-+*/&<>=();×÷−·:])""",
    re.VERBOSE,
)
_SAME = {"×": "*", "·": "*", "÷": "/", ":": "/", "−": "-", "!=": "<>"}
_WORDS = {
    "and": "and", "und": "and", "or": "or", "oder": "or", "not": "not", "nicht": "not",
    "yes": "yes", "ja": "yes", "true": "yes", "wahr": "yes",
    "no": "no", "nein": "no", "false": "no", "falsch": "no",
}  # fmt: skip
# From the loosest to the tightest; what stands on one line is done from left to right.
_LEVELS = (("or",), ("and",), ("=", "<>", "<", "<=", ">", ">="), ("&",), ("+", "-"), ("*", "/"))
_ONCE = 2  # comparisons do not chain


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the text: its kind, what it says, and where it begins and ends."""

    kind: str
    said: str
    at: int
    end: int


def parse(text: str) -> Node:
    """The tree of a formula. Raises `FormulaError`."""
    if len(text) > MOST_SIGNS:
        raise FormulaError(
            MOST_SIGNS,
            _("The formula is too long."),
            _("It may have up to %(n)d signs.") % {"n": MOST_SIGNS},
        )
    return _Parser(text).whole()


def tokens(text: str) -> Iterator[Token]:
    """The words of a text, without spaces. Raises `FormulaError`."""
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise FormulaError(at, _("This cannot be read."), _hint(text[at]))
        kind = str(found.lastgroup)
        if kind != "space":
            yield Token(kind, found[kind], at, found.end())
        at = found.end()


def _hint(sign: str) -> str:
    if sign == ",":
        return _("Separate the parts of a function by semicolons.")
    if sign in "\"“”„'":
        return _('Write texts between straight quotation marks: "text".')
    return _("Write fields in square brackets, such as [Amount].") if sign in "[]{}" else ""


def _require_shallow(node: Node) -> None:
    """Raise `FormulaError` for a tree that is too deep to walk through: a + b + c nests, too."""
    waiting = [(node, 1)]
    while waiting:
        one, depth = waiting.pop()
        if depth > MOST_LEVELS:
            raise FormulaError(
                one.at,
                _("The formula is too long."),
                _("Work out parts of it in fields of their own."),
            )
        if isinstance(one, Call):
            waiting += [(part, depth + 1) for part in one.parts]


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = list(tokens(text))
        self.next, self.depth, self.end = 0, 0, len(text)

    def whole(self) -> Node:
        found = self._level(0)
        if self.next < len(self.tokens):
            token = self.tokens[self.next]
            hint = _hint(",") if token.said == "," else ""
            raise FormulaError(token.at, _("An operator such as + or = is missing here."), hint)
        _require_shallow(found)
        return found

    def _level(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._single()
        self.depth += 1
        if self.depth > DEEPEST * len(_LEVELS):
            raise FormulaError(self._at(), _("The formula is nested too deeply."))
        left = self._level(level + 1)
        while (sign := self._sign()) in _LEVELS[level]:
            at = self._take().at
            left = Call(sign, (left, self._level(level + 1)), at)
            if level == _ONCE and self._sign() in _LEVELS[_ONCE]:
                raise FormulaError(
                    self._at(),
                    _("Only two values are compared at once."),
                    _("Join two comparisons by “and”."),
                )
        self.depth -= 1
        return left

    def _single(self) -> Node:
        if self.next == len(self.tokens):
            raise FormulaError(self.end, _("A value is missing here."))
        token = self._take()
        if token.kind == "number":
            return Literal(Decimal(token.said.replace(",", ".")), token.at)
        if token.kind == "text":
            return Literal(token.said.replace('""', '"'), token.at)
        if token.kind == "field":
            return Field(token.said.strip(), token.at)
        if token.kind == "word":
            return self._word(token)
        if token.said == "(":
            found = self._level(0)
            self._expect(")")
            return found
        if _SAME.get(token.said, token.said) == "-":
            return Call("neg", (self._nested(len(_LEVELS)),), token.at)
        raise FormulaError(token.at, _("A value is missing here."))

    def _word(self, token: Token) -> Node:
        word = token.said.casefold()
        meant = _WORDS.get(word, "")
        if meant == "not":
            return Call("not", (self._nested(_ONCE),), token.at)
        if meant in ("yes", "no"):
            return Literal(meant == "yes", token.at)
        name = NAMES.get(word)
        if name is None:
            raise FormulaError(
                token.at,
                _("There is no function “%(name)s”.") % {"name": token.said},
                _("Fields stand in square brackets, texts in quotation marks."),
            )
        self._expect("(")
        parts: list[Node] = []
        if self._sign() != ")":
            parts.append(self._level(0))
            while self._sign() == ";":
                self._take()
                parts.append(self._level(0))
        self._expect(")")
        least, most = FUNCTIONS[name].count
        if not least <= len(parts) <= most:
            raise FormulaError(
                token.at,
                _("“%(name)s” has another number of parts.") % {"name": token.said},
                _("Write it so: %(example)s") % {"example": FUNCTIONS[name].usage()},
            )
        return Call(name, tuple(parts), token.at)

    def _nested(self, level: int) -> Node:
        """What a sign before it works on; many of them in a row are nested, too."""
        self.depth += len(_LEVELS)
        if self.depth > DEEPEST * len(_LEVELS):
            raise FormulaError(self._at(), _("The formula is nested too deeply."))
        found = self._level(level)
        self.depth -= len(_LEVELS)
        return found

    def _sign(self) -> str:
        if self.next == len(self.tokens):
            return ""
        token = self.tokens[self.next]
        if token.kind == "word":
            return _WORDS.get(token.said.casefold(), "")
        return _SAME.get(token.said, token.said) if token.kind == "sign" else ""

    def _at(self) -> int:
        return self.tokens[self.next].at if self.next < len(self.tokens) else self.end

    def _take(self) -> Token:
        self.next += 1
        return self.tokens[self.next - 1]

    def _expect(self, sign: str) -> None:
        if self._sign() != sign:
            raise FormulaError(
                self._at(),
                _("Here a “%(sign)s” is missing.") % {"sign": sign},
                _hint(",") if sign == ")" else "",
            )
        self._take()
