"""Third parties in what somebody is told of themselves: found, shown to whoever looks it through,
and masked where they are not let out (GDPR Art. 15(4))."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from kundenkreis.crm.people.contact_values import folded_way
from kundenkreis.crm.people.models import ContactDetail, Person
from kundenkreis.dossier.whose import ADDRESSES, Whose
from kundenkreis.kernel import store
from kundenkreis.kernel.sides import Side

MASK = "▒▒▒▒▒"
EXAMPLE = 80  # letters around the first place
_WORD = r"[^\W\d_](?:[\w’'-]*\w)?"
_WORDS = re.compile(_WORD)
_TITLED = re.compile(rf"\b(?:Herr|Herrn|Frau|Dr\.|Mr\.?|Mrs\.?|Ms\.?)\s+(?:Dr\.\s+)?({_WORD})")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# With the country or without; a day, an instant or a part of an id is none.
_PHONE = re.compile(r"(?<![\w.:+-])(?:\+|00?)[1-9][\d\s/()-]{5,18}\d(?![\w-])")
MOST_PARTS = 2  # words of a first name, and of a last one
MOST_BETWEEN = 3  # small words between, as in "von der"
CHUNK = 500


def third_parties(found: Any, w: Whose) -> list[dict[str, Any]]:
    """Who else is named: the text, how often, and where first; the most frequent first."""
    own = {one.casefold() for one in w.tokens} | {part.casefold() for part in w.name.split()}
    own |= {number.casefold() for _source, number in w.numbers} | _ways(w)
    counted: Counter[str] = Counter()
    example: dict[str, str] = {}
    texts = list(_strings(found))
    known = _people({pair for text in texts for pair, _written in _pairs(text)}, w)
    for text in texts:
        for name in _named(text, known):
            if _is_own(name, own):
                continue
            counted[name] += 1
            example.setdefault(name, _around(text, name))
    return [
        {"text": name, "count": count, "example": example[name]}
        for name, count in counted.most_common()
    ]


def _ways(w: Whose) -> set[str]:
    """How they are reached, folded; also by what they share with others, which is about them, too."""
    rows = store.stored(Side.CRM, ContactDetail).filter(person__in=w.persons)
    return {one.casefold() for one in rows.values_list("folded", flat=True)}


def _is_own(name: str, own: set[str]) -> bool:
    """Whether it is the person themselves, however they are addressed or their number is written."""
    if name.casefold() in own or any(
        folded_way(kind, name).casefold() in own for kind in ADDRESSES
    ):
        return True
    titled = _TITLED.fullmatch(name)
    return titled is not None and titled[1].casefold() in own


def masked(found: Any, names: list[str]) -> Any:
    """The same without these texts."""
    if not names:
        return found
    longest = sorted(names, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest)))
    return _each(found, lambda text: pattern.sub(MASK, text))


def _named(text: str, known: set[tuple[str, str]]) -> Iterator[str]:
    for pair, written in _pairs(text):
        if pair in known:
            yield written
    for match in _TITLED.finditer(text):
        yield match[0]
    for pattern in (_MAIL, _PHONE):
        for match in pattern.finditer(text):
            yield match[0]


def _pairs(text: str) -> Iterator[tuple[tuple[str, str], str]]:
    """What may be a first and a last name, and how it is written: "Anna Maria von Berg", "Berg, Anna"."""
    words = list(_WORDS.finditer(text))
    big = [word[0][0].isupper() for word in words]
    gaps = [text[a.end() : b.start()] for a, b in pairwise(words)]

    def run(start: int) -> Iterator[int]:
        """Where one or two words with a capital end that follow each other."""
        for end in range(start + 1, min(start + MOST_PARTS, len(words)) + 1):
            if not big[end - 1] or (end - 1 > start and not gaps[end - 2].isspace()):
                return
            yield end

    def joined(start: int, end: int) -> str:
        return " ".join(word[0] for word in words[start:end])

    for start in range(len(words)):
        for end in run(start):
            if end < len(words) and gaps[end - 1].strip() == ",":
                for last in run(end):
                    written = text[words[start].start() : words[last - 1].end()]
                    yield (joined(end, last), joined(start, end)), written
            for then in _after_small_words(end, big, gaps):
                for last in run(then):
                    written = text[words[start].start() : words[last - 1].end()]
                    yield (joined(start, end), joined(then, last)), written


def _after_small_words(end: int, big: list[bool], gaps: list[str]) -> Iterator[int]:
    """Where a last name may begin: at once, or after small words such as "von der"."""
    for then in range(end, min(end + MOST_BETWEEN, len(big) - 1) + 1):
        if then >= len(big) or not gaps[then - 1].isspace():
            return
        if big[then]:
            yield then
            return


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
