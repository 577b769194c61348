"""Kölner Phonetik: German names that sound alike get the same digits.

H. J. Postel, "Die Kölner Phonetik", IBM-Nachrichten 19 (1969), 925-931.
"""

from __future__ import annotations

from functools import lru_cache

_ALWAYS = {
    **dict.fromkeys("aeijouy", "0"),
    **dict.fromkeys("b", "1"),
    **dict.fromkeys("fvw", "3"),
    **dict.fromkeys("gkq", "4"),
    **dict.fromkeys("l", "5"),
    **dict.fromkeys("mn", "6"),
    **dict.fromkeys("r", "7"),
    **dict.fromkeys("sz", "8"),
}
_FIRST_C, _LATER_C = frozenset("ahkloqrux"), frozenset("ahkoqux")


@lru_cache(maxsize=100_000)
def cologne(name: str) -> str:
    """The code of a name that is folded already; empty for one without letters a to z."""
    letters = [one for one in name if "a" <= one <= "z"]
    code = ""
    for at, letter in enumerate(letters):
        before = letters[at - 1] if at else ""
        after = letters[at + 1] if at + 1 < len(letters) else ""
        code += _digits(letter, before, after)
    kept = "".join(one for at, one in enumerate(code) if not at or one != code[at - 1])
    return kept[:1] + kept[1:].replace("0", "")


def _digits(letter: str, before: str, after: str) -> str:
    if letter in _ALWAYS:
        return _ALWAYS[letter]
    if letter == "p":
        return "3" if after == "h" else "1"
    if letter in "dt":
        return "8" if after and after in "csz" else "2"
    if letter == "x":
        return "8" if before and before in "ckq" else "48"
    if letter == "c":
        hard = _LATER_C if before else _FIRST_C
        return "4" if after and after in hard and before not in ("s", "z") else "8"
    return ""  # h
