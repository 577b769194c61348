"""Values are escaped exactly as Django's `format_html` escapes them."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from kundenkreis.ui.markup import markup

VALUES = st.one_of(st.text(), st.integers(), st.none(), st.text().map(mark_safe))


@given(st.lists(VALUES, min_size=2, max_size=2))
def test_it_gives_what_format_html_gives(values: list[object]) -> None:
    template = '<a href="{}">{}</a>'
    assert markup(template, *values) == format_html(template, *values)


def test_what_comes_out_is_safe_to_nest_and_lazy_texts_are_escaped_too() -> None:
    inner = markup("<b>{}</b>", "<i>")
    assert isinstance(inner, SafeString)
    assert markup("{}", inner) == "<b>&lt;i&gt;</b>"
    assert markup("{}", gettext_lazy("<x>")) == "&lt;x&gt;"
