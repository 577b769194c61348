"""Lock files, translations, sizes and contents: a broken sample turns each check red."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from packaging.requirements import Requirement

from tools.checks import contents, locks, sizes, translations
from tools.extract import Text, texts_in_python, texts_in_template

HASH = "--hash=sha256:" + "a" * 64
LOCK = f"django==6.1.3 \\\n    {HASH}\nasgiref==3.13.0 ; python_version < '4' \\\n    {HASH}\n"
WANTED = [Requirement("Django==6.1.*")]
PACKAGE = {"dependencies": {"htmx.org": "^2.0.11"}}
NPM = {
    "packages": {
        "": PACKAGE,
        "node_modules/htmx.org": {"version": "2.0.11", "integrity": "sha512-abc"},
    }
}


def test_it_accepts_complete_lock_files() -> None:
    assert not list(locks.python_problems(LOCK, WANTED))
    assert not list(locks.npm_problems(PACKAGE, NPM))


@pytest.mark.parametrize(
    "lock",
    [
        LOCK.replace(HASH, "", 1),
        LOCK.replace("django==6.1.3", "django>=6.1"),
        LOCK.replace("django==6.1.3", "django==5.2.1"),
        LOCK.replace("django", "flask"),
        "--index-url https://registry.example/simple\n" + LOCK,
        LOCK + f"tool @ https://registry.example/tool.whl \\\n    {HASH}\n",
    ],
)
def test_it_refuses_a_python_lock_that_is_open_or_tied_to_a_registry(lock: str) -> None:
    assert list(locks.python_problems(lock, WANTED))


@pytest.mark.parametrize(
    "change",
    [
        {"integrity": "sha512-abc", "resolved": "https://registry.example/htmx.tgz"},
        {"version": "2.0.11"},
        {"link": True},
    ],
)
def test_it_refuses_an_npm_lock_that_is_open_or_tied_to_a_registry(change: dict[str, str]) -> None:
    lock = {"packages": {"": PACKAGE, "node_modules/htmx.org": change}}
    assert list(locks.npm_problems(PACKAGE, lock))


def test_it_refuses_an_npm_lock_that_is_older_than_the_wishes() -> None:
    assert list(locks.npm_problems({"dependencies": {"htmx.org": "^3"}}, NPM))


def test_it_finds_texts_in_python_and_in_templates() -> None:
    code = (
        '_("One")\nngettext("%(n)d order", "%(n)d orders", n)\npgettext_lazy("verb", "Open")\n_(x)'
    )
    assert set(texts_in_python(code)) == {
        Text(None, "One", None),
        Text(None, "%(n)d order", "%(n)d orders"),
        Text("verb", "Open", None),
    }
    template = (
        '{% translate "One" %}{% translate "Open" context "verb" %}{{ _("Two") }}'
        '{% ui button label=_("Three") %}'
        "{% blocktranslate count n=n %}{{ n }} order{% plural %}{{ n }} orders{% endblocktranslate %}"
    )
    assert set(texts_in_template(template)) == {
        Text(None, "One", None),
        Text("verb", "Open", None),
        Text(None, "Two", None),
        Text(None, "Three", None),
        Text(None, "%(n)s order", "%(n)s orders"),
    }


@pytest.mark.parametrize("code", ['_(f"Hello {name}")', '_("Hello " + name)', '_("Hi %s" % name)'])
def test_it_refuses_a_text_that_is_put_together_before_it_is_translated(code: str) -> None:
    with pytest.raises(ValueError, match="literal"):
        list(texts_in_python(code))


def german(**translations: object) -> Catalog:
    catalog = Catalog(locale="de", fuzzy=False)
    catalog.add("Hello %(name)s", **translations)  # type: ignore[arg-type]
    return catalog


@pytest.mark.parametrize(
    ("catalog", "problem"),
    [
        (german(string="Hallo %(name)s"), ""),
        (german(string=""), "not translated"),
        (german(string="Hallo %(name)s", flags=["fuzzy"]), "fuzzy"),
        (german(string="Hallo"), "placeholders"),
        (german(string="Hallo %(nmae)s"), "placeholders"),
        (Catalog(locale="de", fuzzy=False), "not translated"),
    ],
)
def test_it_notices_a_translation_that_is_missing_or_wrong(catalog: Catalog, problem: str) -> None:
    found = "\n".join(translations.problems(catalog, {Text(None, "Hello %(name)s", None)}))
    assert (problem in found) if problem else not found


def test_it_notices_a_translation_that_nobody_uses() -> None:
    assert "no longer used" in next(translations.problems(german(string="Hallo %(name)s"), set()))


def test_the_singular_of_a_translation_may_say_one_instead_of_the_number() -> None:
    text = Text(None, "%(n)d order", "%(n)d orders")
    catalog = Catalog(locale="de", fuzzy=False)
    catalog.add(("%(n)d order", "%(n)d orders"), ("eine Bestellung", "%(n)d Bestellungen"))
    assert not list(translations.problems(catalog, {text}))
    catalog = Catalog(locale="de", fuzzy=False)
    catalog.add(("%(n)d order", "%(n)d orders"), ("eine Bestellung", "Bestellungen"))
    assert list(translations.problems(catalog, {text}))


def test_it_notices_a_file_that_is_too_long_and_a_median_that_is_too_high() -> None:
    short, long = Path("src/kundenkreis/a.py"), Path("src/kundenkreis/b.py")
    assert [found.path for found in sizes.too_long({short: 400, long: 401})] == [long]
    assert not sizes.median_too_high({short: 120})
    assert sizes.median_too_high({short: 120, long: 140})


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("src/a.py", b"DATA = '/" + b"root/data'"),
        ("docs/a.md", b"see /" + b"home/anna/notes"),
        ("docs/a.md", b"from https://registry.example/simple"),
        ("src/a.bin", b"\0\1\2"),
        ("frontend/htmx.min.js", b"x"),
        ("vendor/htmx.js", b"x"),
        ("data.csv", b"a,b\n" * 200_000),
        ("docs/big.png", b"x" * 700_000),
    ],
)
def test_it_notices_what_does_not_belong_into_the_repository(path: str, content: bytes) -> None:
    assert list(contents.problems(Path(path), content, ["registry.example"]))


def test_it_leaves_good_contents_alone() -> None:
    good = b"url = '/crm/opportunities/4711/'  # and ~/work/notes, ./root/x, docs/home/anna, /proc/{pid}/root\n"
    assert not list(contents.problems(Path("src/a.py"), good, ["registry.example"]))
    assert not list(contents.problems(Path("docs/a.png"), b"\x89PNG\0", []))
