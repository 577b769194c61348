"""S10: what looks like a program in a letter, a formula or a name is text, or is refused."""

from __future__ import annotations

import re
import time
from contextlib import suppress

import pytest

from kundenkreis.crm.letters.body import blocks, filled, require_known
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records.formulas.checking import check
from kundenkreis.records.formulas.errors import FormulaError
from kundenkreis.records.formulas.parsing import parse
from kundenkreis.records.formulas.tree import NUMBER, TEXT, Sort

VALUES = {"name": "Jana", "day": "1. März"}
PROGRAMS = (
    "{{7*7}}", "{{ 7*'7' }}", "{{name.__class__}}", "{{name.__class__.__mro__[1].__subclasses__()}}", "{{''.__class__}}",
    "{{ self._TemplateReference__context }}", "{{ config.items() }}", "{{ settings.SECRET_KEY }}", "{{ request.user }}",
    "{{ name|safe }}", "{{ name|default:settings }}", "{{ cycler.__init__.__globals__.os }}", "{{ lipsum.__globals__ }}",
    "{{ os.environ }}", "{{ ENV['PATH'] }}", "{{ ''|attr('__class__') }}", "{{ namespace.__init__ }}", "{{ range.constructor }}",
    "{{constructor.constructor('alert(1)')()}}", "{{ name }}{{ {{ name }} }}", "{{{name}}}", "{{=name}}", "{{&name}}", "{{> name}}",
    "{% include '/etc/passwd' %}", "{% load static %}", "{% debug %}", "{% extends x %}", "{% import os %}", "{% for x in y %}",
    "{# name #}", "${7*7}", "${{7*7}}", "#{7*7}", "#{ENV}", "*{7*7}", "@{7*7}", "~{7*7}", "<%= 7*7 %>", "<% system('id') %>", "<?php phpinfo() ?>",
    "<?xml version='1.0'?>", "[[${7*7}]]", "[= 7*7 ]", "$(id)", "`id`", "%(name)s", "%s%n", "{0.__class__}", "{name.__init__}", "{name!r}",
    "#import \"/etc/passwd\"", "#read(\"/etc/passwd\")", "#eval(\"1\")", "#include \"x.typ\"", "#sys.inputs", "$ sum $", "\\input{/etc/passwd}",
    "\\write18{id}", "#set page(width: 1pt)", "{{ name }" * 40, "{{" * 200 + "name" + "}}" * 200,
)  # fmt: skip
ENOUGH = 50
CALLS = (
    "__import__('os')", "eval(\"1\")", "exec(1)", "open(\"/etc/passwd\")", "[a].__class__", "[__class__]", "[password]", "[owner.password]",
    "[a] if [a] else [b]", "lambda: 1", "(1).__class__", "import os", "[a]; [b]", "[a] == `id`", "getattr([a]; \"x\")", "str.format([name])",
    "{{[a]}}", "${[a]}", "[a for a in [b]]", "1_000", "0x10", "1e999", "**[a]", "[a] := 1", "@[a]", "[settings.SECRET_KEY]", "'a'", "#1", "\\1",
)  # fmt: skip
MEANT = re.compile(r"\{\{\s*(name|day)\s*\}\}")  # all that a letter of this list replaces
LIMIT = 0.5  # seconds of this process; what is promised is 0.1 on a machine of its own


def test_there_are_enough() -> None:
    assert len(set(PROGRAMS)) >= ENOUGH


@pytest.mark.parametrize("text", PROGRAMS)
def test_s10_in_a_letter_it_stays_as_it_was_typed(text: str) -> None:
    """Only the names of the list mean anything; who writes another one between braces is told."""
    start = time.process_time()
    said = "".join(run["text"] for block in blocks(text, VALUES) for run in runs(block))
    assert time.process_time() - start < LIMIT
    assert squeezed(said) == squeezed(MEANT.sub(lambda found: VALUES[found[1]], text))
    begins = text.split("}}")[0].rpartition("{{")
    if begins[1] and "}}" in text and begins[2].strip() not in VALUES:
        with pytest.raises(DomainError):
            require_known(text, VALUES, "text")


@pytest.mark.parametrize("value", PROGRAMS)
def test_s10_what_a_record_is_called_is_no_program_of_a_letter_either(value: str) -> None:
    """A value is put in last, and once: a name that looks like a placeholder fills nothing."""
    assert filled("{{name}}", {"name": value, "day": "SECRET", "7*7": "49"}) == value


@pytest.mark.parametrize("text", CALLS)
def test_s10_no_formula_reaches_further_than_its_fields(text: str) -> None:
    sorts = {"a": Sort(NUMBER), "b": Sort(NUMBER), "name": Sort(TEXT)}
    start = time.process_time()
    with pytest.raises(FormulaError):
        check(parse(text), sorts)
    assert time.process_time() - start < LIMIT


@pytest.mark.parametrize(
    "text",
    ["(" * 5_000, "-" * 1_900 + "1", "1" + "+1" * 900, "if(" * 400, '"' * 1_999, "[" * 1_999],
)
def test_s10_a_formula_that_never_ends_is_answered_at_once(text: str) -> None:
    start = time.process_time()
    with suppress(FormulaError):
        check(parse(text), {})
    assert time.process_time() - start < LIMIT


def test_the_words_that_are_meant_do_something() -> None:
    """The control."""
    assert filled("Hallo {{ name }}", VALUES) == "Hallo Jana"
    require_known("Hallo {{ name }}", VALUES, "text")
    assert check(parse("[a] + 1"), {"a": Sort(NUMBER)}) == Sort(NUMBER)


def runs(block: dict[str, object]) -> list[dict[str, str]]:
    if "runs" in block:
        return block["runs"]  # type: ignore[return-value]
    return [run for item in block["items"] for run in item]  # type: ignore[attr-defined]


def squeezed(text: str) -> str:
    """Without blanks, and without the stars that make letters bold."""
    return "".join(text.split()).replace("*", "")
