"""Every text a user can see has a complete, certain translation in every language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from babel.messages.catalog import Catalog

from tools.extract import Text
from tools.messages import LANGUAGES, catalog_path, collect, find, is_complete, load
from tools.paths import ROOT

_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!%)%[sd]|\{\w*\}")


def check() -> list[str]:
    try:
        wanted = collect()
    except ValueError as problem:
        return [str(problem)]
    found: list[str] = []
    for language in LANGUAGES:
        path = catalog_path(language)
        name = str(path.relative_to(ROOT))
        found += [f"{name}: {problem}" for problem in problems(load(path, language), wanted)]
    if found:
        found.append("`make messages` adds missing texts and drops unused ones")
    return found


def problems(catalog: Catalog, wanted: Iterable[Text]) -> Iterator[str]:
    """What is missing, uncertain, broken or no longer used in one language."""
    wanted = set(wanted)
    for text in sorted(wanted, key=lambda text: (text.singular, text.context or "")):
        message = find(catalog, text)
        if message is None or not is_complete(message):
            state = "marked fuzzy" if message is not None and message.fuzzy else "not translated"
            yield f"{state}: “{text.singular}”"
        elif problem := _placeholders(text, message.string or ""):
            yield f"{problem}: “{text.singular}”"
    used = {(text.context, text.singular) for text in wanted}
    for message in catalog:
        singular = message.id[0] if isinstance(message.id, tuple | list) else message.id
        if singular and (message.context, singular) not in used:
            yield f"no longer used: “{singular}”"


def _placeholders(text: Text, translated: str | Sequence[str]) -> str | None:
    """Whether the forms speak of other values than the source; the singular may omit the number."""
    forms = [translated] if isinstance(translated, str) else list(translated)
    sources = [text.singular, text.plural or text.singular]
    known = set(_PLACEHOLDER.findall(" ".join(sources)))
    for number, form in enumerate(forms):
        given = set(_PLACEHOLDER.findall(form))
        needed = set(_PLACEHOLDER.findall(sources[min(number, 1)]))
        if given - known or (needed - given and not (text.plural and number == 0)):
            return f"placeholders {sorted(needed)} became {sorted(given)}"
    return None
