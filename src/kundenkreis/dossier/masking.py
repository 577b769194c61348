"""Third parties in what somebody is told of themselves: found, shown to whoever looks it through,
and masked where they are not let out (GDPR Art. 15(4))."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from kundenkreis.crm.people.contact_values import folded_way
from kundenkreis.crm.people.models import Person
from kundenkreis.dossier.whose import Whose
from kundenkreis.kernel import store
from kundenkreis.kernel.sides import Side

MASK = "▒▒▒▒▒"
EXAMPLE = 80  # letters around the first place
_WORD = r"[A-ZÄÖÜ][\w’'-]+"
_NAMES = re.compile(rf"(?=\b({_WORD})\s+({_WORD})\b)")
_TITLED = re.compile(rf"\b(?:Herr|Herrn|Frau|Dr\.|Mr\.?|Mrs\.?|Ms\.?)\s+(?:Dr\.\s+)?({_WORD})")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?:\+|00)\d[\d\s/()-]{6,18}\d")
CHUNK = 500


def third_parties(found: Any, w: Whose) -> list[dict[str, Any]]:
    """Who else is named: the text, how often, and where first; the most frequent first."""
    own = {one.casefold() for one in w.tokens} | {part.casefold() for part in w.name.split()}
    counted: Counter[str] = Counter()
    example: dict[str, str] = {}
    texts = list(_strings(found))
    known = _people({pair for text in texts for pair in _NAMES.findall(text)}, w)
    for text in texts:
        for name in _named(text, known):
            if name.casefold() in own or folded_way("email", name).casefold() in own:
                continue
            counted[name] += 1
            example.setdefault(name, _around(text, name))
    return [
        {"text": name, "count": count, "example": example[name]}
        for name, count in counted.most_common()
    ]


def masked(found: Any, names: list[str]) -> Any:
    """The same without these texts."""
    if not names:
        return found
    longest = sorted(names, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest)))
    return _each(found, lambda text: pattern.sub(MASK, text))


def _named(text: str, known: set[tuple[str, str]]) -> Iterator[str]:
    for first, last in _NAMES.findall(text):
        if (first, last) in known:
            yield f"{first} {last}"
    for match in _TITLED.finditer(text):
        yield match[0]
    for pattern in (_MAIL, _PHONE):
        for match in pattern.finditer(text):
            yield match[0]


def _people(pairs: set[tuple[str, str]], w: Whose) -> set[tuple[str, str]]:
    """Those pairs of words that are somebody else's name."""
    found: set[tuple[str, str]] = set()
    wanted = sorted(pairs)
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        rows = store.stored(Side.CRM, Person).filter(
            first_name__in={first for first, _ in part}, last_name__in={last for _, last in part}
        )
        rows = rows.exclude(pk__in=w.persons)
        found |= set(part) & set(rows.values_list("first_name", "last_name"))
    return found


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)


def _each(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_each(one, change) for one in value]
    if isinstance(value, dict):
        return {key: _each(one, change) for key, one in value.items()}
    return value


def _around(text: str, name: str) -> str:
    at = max(0, text.find(name) - EXAMPLE // 2)
    return text[at : at + EXAMPLE + len(name)].strip()
