"""Builds the user guide that the product shows: `docs/guide` in Markdown → HTML beside its pages.

What is wrong in it (a topic in one language only, a link or picture that leads nowhere) is found
by `problems`, which `make check` asks.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from babel.messages.pofile import read_po
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tools.paths import ROOT

SOURCE = ROOT / "docs" / "guide"
PICTURES = ROOT / "docs" / "screenshots" / "guide"
BUILT = ROOT / "src" / "kundenkreis" / "web" / "guide" / "built"
LANGUAGES = ("de", "en")
CATALOGUE = "src/kundenkreis/locale/de/LC_MESSAGES/django.po"
START = "README"
_NO_WORD = re.compile(r"[^\w]+")
_ABROAD = ("http://", "https://", "mailto:")


def main() -> int:
    """Builds all of it anew."""
    shutil.rmtree(BUILT, ignore_errors=True)
    for language in LANGUAGES:
        build(language)
    if PICTURES.exists():
        shutil.copytree(PICTURES, BUILT / "pictures")
    return 0


def build(language: str) -> None:
    """The pages of one language, and the list of its topics."""
    folder = BUILT / language
    folder.mkdir(parents=True)
    topics = []
    for slug in (START, *order(language)):
        tokens = parsed(source(language, slug))
        title, summary = heading(tokens)
        for token in everything(tokens):
            lead(token)
        html = parser().renderer.render(tokens[3:], parser().options, {})
        (folder / f"{slug}.html").write_text(framed(html), "utf-8")
        if slug != START:
            topics.append(
                {"slug": slug, "title": title, "summary": summary, "sections": sections(tokens)}
            )
    (folder / "topics.json").write_text(json.dumps(topics, ensure_ascii=False), "utf-8")


def order(language: str) -> list[str]:
    """The topics in the order in which the start page names them."""
    tokens = parsed(source(language, START))
    links = (str(token.attrs.get("href", "")) for token in everything(tokens))
    return [link[:-3] for link in dict.fromkeys(links) if link.endswith(".md") and "/" not in link]


def problems() -> list[str]:
    """Everything that a reader would stumble over."""
    found = []
    names = {
        language: {path.stem for path in (SOURCE / language).glob("*.md")} for language in LANGUAGES
    }
    for slug in sorted(names["de"] ^ names["en"]):
        found.append(f"docs/guide: {slug} exists in one language only")
    for language in LANGUAGES:
        listed = {START, *order(language)}
        found += [
            f"docs/guide/{language}/README.md does not name {slug}"
            for slug in sorted(names[language] - listed)
        ]
        labels = labels_on_screen(language)
        for slug in sorted(names[language]):
            found += wrong_links(source(language, slug))
            found += unknown_labels(source(language, slug), labels)
    return found


def unknown_labels(path: Path, labels: set[str]) -> Iterator[str]:
    """What is written *in italics*, which is how the guide quotes the screen, and stands on none."""
    for token in everything(parsed(path)):
        for before, inside in pairwise(token.children or ()):
            if before.type != "em_open":
                continue
            for label in inside.content.split(" → "):
                if plain(label) not in labels:
                    yield f"{path.relative_to(ROOT)} quotes “{label}”, which no page says"


def labels_on_screen(language: str) -> set[str]:
    """Every text of the product in a language."""
    catalogue = read_po((ROOT / CATALOGUE).open("rb"), locale="de")
    texts: set[str] = set()
    for message in catalogue:
        said = message.string if language == "de" else message.id
        texts |= {plain(text) for text in ([said] if isinstance(said, str) else said or ())}
    return texts


def plain(label: str) -> str:
    return label.rstrip(" …:.").casefold()


def wrong_links(path: Path) -> Iterator[str]:
    """Links and pictures of a page that lead nowhere, and a page without heading or summary."""
    tokens = parsed(path)
    name = path.relative_to(ROOT)
    if [token.type for token in tokens[:4:3]] != ["heading_open", "paragraph_open"]:
        yield f"{name} does not begin with a heading and a sentence of what it is about"
    for token in everything(tokens):
        target = str(token.attrs.get("href") or token.attrs.get("src") or "")
        if not target or target.startswith(_ABROAD):
            continue
        file, _, anchor = target.partition("#")
        page = path.parent / file if file else path
        if not page.exists():
            yield f"{name} leads to {target}, which does not exist"
        elif anchor and anchor not in dict(sections(parsed(page))):
            yield f"{name} leads to {target}: there is no such heading"
        if token.type == "image" and not token.content:
            yield f"{name} has a picture that is not described: {target}"


def parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def source(language: str, slug: str) -> Path:
    return SOURCE / language / f"{slug}.md"


def parsed(path: Path) -> list[Token]:
    """The page, each heading with an anchor of its own."""
    tokens = parser().parse(path.read_text("utf-8"))
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            token.attrSet("id", _NO_WORD.sub("-", inline.content.casefold()).strip("-"))
    return tokens


def everything(tokens: list[Token]) -> Iterator[Token]:
    """All tokens, those inside of lines too."""
    for token in tokens:
        yield token
        yield from token.children or ()


def heading(tokens: list[Token]) -> tuple[str, str]:
    """What a page is called, and the sentence below that says what it is about."""
    return tokens[1].content, tokens[4].content


def sections(tokens: list[Token]) -> list[tuple[str, str]]:
    """Anchors and texts of the headings below the first."""
    headings = [(one, text) for one, text in pairwise(tokens) if one.type == "heading_open"]
    return [(str(one.attrs["id"]), text.content) for one, text in headings[1:]]


def lead(token: Token) -> None:
    """Let a link or picture lead to where the product shows it."""
    target = str(token.attrs.get("href", ""))
    file, _, anchor = target.partition("#")
    if token.type == "image":
        token.attrSet("src", f"/help/pictures/{Path(str(token.attrs['src'])).name}")
        token.attrSet("loading", "lazy")
    elif target.startswith(_ABROAD):
        token.attrSet("rel", "noreferrer")
    elif file.endswith(".md") and "/" not in file:
        slug = "" if file == f"{START}.md" else f"{file[:-3]}/"
        token.attrSet("href", f"/help/{slug}" + (f"#{anchor}" if anchor else ""))


def framed(html: str) -> str:
    """Tables that can be scrolled aside on a phone, also by the keyboard."""
    html = html.replace("<table>", '<div class="table-wrap" tabindex="0"><table>')
    return html.replace("</table>", "</table></div>")


if __name__ == "__main__":
    sys.exit(main())
