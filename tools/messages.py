"""Keeps the translations: `compile` them, `update` them from the code, `merge` other .po files.

    python -m tools.messages compile
    python -m tools.messages update
    python -m tools.messages merge FILE.po …

The source language is English; every other language has one django.po below src/.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tools.extract import Text, texts_in_python, texts_in_template
from tools.paths import ROOT, SOURCE, is_test, read, source_files

LANGUAGES = ("de",)
HEADER = "# Translations of Kundenkreis. `make messages` adds what is missing."
# Lines of the header that change with every run and say nothing.
_NOISE = re.compile(
    r'^"(?:POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Language-Team'
    r"|Project-Id-Version|Report-Msgid-Bugs-To).*\n",
    re.MULTILINE,
)


def main(arguments: list[str]) -> int:
    match arguments:
        case ["compile"]:
            compile_all()
        case ["update"]:
            update_all()
        case ["merge", *files] if files:
            merge(LANGUAGES[0], [Path(file) for file in files])
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


def compile_all() -> None:
    """Writes the .mo file beside each .po file."""
    for source in sorted((ROOT / "src").glob("**/LC_MESSAGES/*.po")):
        with source.with_suffix(".mo").open("wb") as file:
            write_mo(file, load(source))


def update_all() -> None:
    """Adds new texts with an empty translation and drops those that no code uses any more."""
    wanted = collect()
    for language in LANGUAGES:
        path = catalog_path(language)
        known = load(path, language)
        fresh = Catalog(locale=language, header_comment=HEADER, fuzzy=False)
        for text, places in wanted.items():
            old = find(known, text)
            fresh.add(
                message_id(text),
                string=old.string if old else ("", "") if text.plural else "",
                context=text.context,
                locations=[(place, 0) for place in sorted(places)],
                user_comments=old.user_comments if old else (),
                flags=old.flags & {"fuzzy"} if old else (),
            )
        save(path, fresh)
        empty = sum(1 for message in fresh if message.id and not is_complete(message))
        print(f"  {path.relative_to(ROOT)}: {len(fresh)} texts, {empty} not translated yet")


def merge(language: str, files: list[Path]) -> None:
    """Takes translations from other .po files wherever ours is still empty."""
    path = catalog_path(language)
    catalog = load(path, language)
    for file in files:
        for message in load(file, language):
            own = catalog.get(message.id, message.context) if message.id else None
            if not message.id or not message.string:
                continue
            if own is None:
                catalog.add(message.id, message.string, context=message.context)
            elif not is_complete(own):
                own.string = message.string
    save(path, catalog)
    update_all()


def collect() -> dict[Text, set[str]]:
    """Every translatable text of the product and the files that use it."""
    found: dict[Text, set[str]] = {}
    for path in source_files(".py", ".html", ".txt"):
        if is_test(path):
            continue
        extract = texts_in_python if path.suffix == ".py" else texts_in_template
        try:
            for text in extract(read(path)):
                found.setdefault(text, set()).add(str(path.relative_to("src/kundenkreis")))
        except ValueError as problem:
            raise ValueError(f"{path}, {problem}") from None
    return found


def catalog_path(language: str) -> Path:
    return SOURCE / "locale" / language / "LC_MESSAGES" / "django.po"


def load(path: Path, language: str | None = None) -> Catalog:
    """Reads a .po file; an empty catalog when there is none yet."""
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def save(path: Path, catalog: Catalog) -> None:
    """Writes a .po file that changes only where a text changed."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=100, include_lineno=False, sort_by_file=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_NOISE.sub("", buffer.getvalue().decode()), "utf-8")


def find(catalog: Catalog, text: Text) -> Message | None:
    return catalog.get(message_id(text), text.context)


def message_id(text: Text) -> str | tuple[str, str]:
    return (text.singular, text.plural) if text.plural else text.singular


def is_complete(message: Message) -> bool:
    """Whether every form is translated and none is only a guess."""
    forms = message.string if isinstance(message.string, tuple | list) else [message.string]
    return bool(forms) and all(forms) and not message.fuzzy


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
