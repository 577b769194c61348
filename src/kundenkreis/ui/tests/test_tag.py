from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.template import TemplateSyntaxError, engines
from django.utils import translation
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from kundenkreis.ui.testing import inline_code

HOSTILE = [
    '"x"',
    '" onfocus="alert(1)" autofocus="',
    "' onfocus='alert(1)",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{ 7 }}{% now 'Y' %}",
]


def render(text: str, **values: object) -> str:
    return engines["django"].from_string("{% load ui %}" + text).render(values)


class Elements(HTMLParser):
    """All start tags of a page with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("trusted", [False, True], ids=["text", "marked safe"])
def test_it_keeps_a_hostile_attribute_between_its_quotes(value: str, trusted: bool) -> None:
    given_value = mark_safe(value) if trusted else value  # noqa: S308 the point of this test
    page = Elements(
        render(
            '{% ui "button" label=v icon_only=True data_name=v hx_get=v %}{% endui %}',
            v=given_value,
        )
    )
    [(tag, attributes)] = page.seen
    assert tag == "button"
    assert attributes["data-name"] == attributes["hx-get"] == attributes["aria-label"] == value
    assert set(attributes) == {"class", "type", "aria-label", "title", "data-name", "hx-get"}


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0")))
def test_it_gives_every_attribute_back_unchanged(value: str) -> None:
    [(_, attributes)] = Elements(
        render('{% ui "box" data_name=v aria_label=v %}{% endui %}', v=value)
    ).seen
    assert attributes.get("data-name", "") == value
    assert attributes.get("aria-label", "") == value


@pytest.mark.parametrize("value", HOSTILE)
def test_it_escapes_text_parameters_even_when_they_are_marked_safe(value: str) -> None:
    trusted = mark_safe(value)  # noqa: S308 the point of this test
    html = render('{% ui "card" title=v note=v %}{{ v }}{% endui %}', v=trusted)
    outside_the_body = html.replace(f'<div class="tile-body">{value}</div>', "")
    assert "<script" not in outside_the_body
    assert "<img" not in outside_the_body


def test_the_control_shows_what_an_unescaped_attribute_would_do() -> None:
    value = '" onfocus="alert(1)'
    [(_, attributes)] = Elements(f'<button aria-label="{value}">').seen
    assert "onfocus" in attributes
    assert inline_code(f'<button aria-label="{value}">') == ["<button onfocus=…>"]


def test_it_puts_markup_into_named_slots() -> None:
    html = render(
        '{% ui "card" title="A" %}<p>{{ v }}</p>{% slot "actions" %}<a href="#">{{ v }}</a>{% endslot %}{% endui %}',
        v="<b>",
    )
    assert '<div class="actions"><a href="#">&lt;b&gt;</a></div>' in html
    assert '<div class="tile-body"><p>&lt;b&gt;</p></div>' in html


def test_it_collects_slots_from_conditions_and_loops() -> None:
    html = render(
        '{% ui "card" title="A" %}{% for n in v %}{% if n %}{% slot "footer" %}<i>{{ n }}</i>{% endslot %}{% endif %}{% endfor %}{% endui %}',
        v=[1, 0, 2],
    )
    assert "<footer><i>1</i><i>2</i></footer>" in html


def test_it_keeps_the_slots_of_nested_components_apart() -> None:
    html = render(
        '{% ui "card" title="A" %}{% ui "card" title="B" %}{% slot "footer" %}inner{% endslot %}{% endui %}{% slot "footer" %}outer{% endslot %}{% endui %}'
    )
    assert html.count("<footer>") == 2
    assert html.index("<footer>inner") < html.index("<footer>outer")


def test_a_component_does_not_see_the_variables_of_the_page() -> None:
    assert "secret" not in render('{% ui "card" %}x{% endui %}', title="secret", footer="secret")


def test_it_leaves_out_empty_attributes_and_writes_bare_ones() -> None:
    html = render(
        '{% ui "box" data_a=none data_b=False data_c="" data_d=True %}{% endui %}', none=None
    )
    assert html == '<div class="box " data-d></div>'


def test_it_renders_what_it_keeps_once_for_the_same_values_in_each_language() -> None:
    seen = []

    class Page:
        def __hash__(self) -> int:
            return 1

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Page)

        def __str__(self) -> str:
            seen.append(1)
            return "<page>"

    place = engines["django"].from_string(
        "{% load ui %}{% keep p=p n=n %}{{ n }}{{ p }}{% endkeep %}"
    )
    for language in ("de", "en", "de", "en"):
        with translation.override(language):
            assert place.render({"p": Page(), "n": 1}) == "1&lt;page&gt;"
    assert len(seen) == 2
    assert place.render({"p": Page(), "n": 2}) == "2&lt;page&gt;"


def test_what_is_kept_sees_nothing_but_its_values_and_trusts_no_text() -> None:
    assert render("{% keep %}{{ secret }}{% endkeep %}", secret="x") == ""
    trusted = mark_safe("<b>")
    assert render("{% keep v=v %}{{ v }}{% endkeep %}", v=trusted) == "&lt;b&gt;"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{% keep alone %}{% endkeep %}", "name=value"),
        ("{% ui %}{% endui %}", "needs a name"),
        ('{% ui "box" alone %}{% endui %}', "name=value"),
        ('{% ui "box" hx_on_click="alert(1)" %}{% endui %}', "hx-on"),
        ('{% slot "x" %}{% endslot %}', "outside"),
        ('{% ui "box" %}', "endui"),
    ],
)
def test_it_says_what_is_wrong_with_a_template(text: str, why: str) -> None:
    with pytest.raises(TemplateSyntaxError, match=why):
        render(text)
