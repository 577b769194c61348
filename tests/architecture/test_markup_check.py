"""The check of templates notices what our content security policy would block, and raw output."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.checks.markup import problems

PAGE = Path("src/kundenkreis/ui/templates/ui/page.html")
MODULE = Path("src/kundenkreis/ui/parts.py")


@pytest.mark.parametrize(
    "markup",
    [
        "<script>start()</script>",
        '<script type="module">start()</script>',
        "<style>p { margin: 0 }</style>",
        '<p style="margin: 0">x</p>',
        '<p\n style="margin: 0">x</p>',
        '<button onclick="go()">x</button>',
        '<button hx-on:click="go()">x</button>',
        """<a hx-vals='js:{a: 1}'>x</a>""",
        '<a href="javascript:go()">x</a>',
        "{{ text|safe }}",
        "{{ texts | safeseq }}",
        "{% autoescape off %}{{ text }}{% endautoescape %}",
    ],
)
def test_it_notices_what_must_not_be_in_a_template(markup: str) -> None:
    assert list(problems(PAGE, markup))


@pytest.mark.parametrize(
    "markup",
    [
        '<script src="/static/app.js" type="module"></script>',
        '<script type="application/json" id="data">{}</script>',
        '<link rel="stylesheet" href="/static/app.css">',
        '<svg><rect width="10" fill="currentColor"/></svg>',
        "{# never style= here #}",
        "<p class='style'>{{ text }}</p>",
        '<kk-once data-on="load"></kk-once>',
    ],
)
def test_it_leaves_good_markup_alone(markup: str) -> None:
    assert not list(problems(PAGE, markup))


def test_it_notices_raw_output_in_python() -> None:
    assert list(problems(MODULE, "return mark_safe(text)"))
    assert not list(problems(MODULE, "return format_html('<b>{}</b>', text)"))


def test_it_names_the_line_also_after_a_comment() -> None:
    markup = "{# one\ntwo #}\n<style></style>"
    assert [finding.line for finding in problems(PAGE, markup)] == [3]
