from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from kundenkreis.ui import furniture, samples, views
from kundenkreis.ui.testing import inline_code

pytestmark = pytest.mark.urls("kundenkreis.ui.tests.urls")


@pytest.fixture(autouse=True)
def furniture_only(settings):
    """Without what the staff shell adds to every page: the furniture stands on its own."""
    processors = ["request", "i18n"]
    [engine] = settings.TEMPLATES
    options = {
        "context_processors": [f"django.template.context_processors.{p}" for p in processors]
    }
    settings.TEMPLATES = [{**engine, "OPTIONS": options}]


def living_page(language: str) -> str:
    with translation.override(language):
        return views.patterns(RequestFactory().get("/ui/")).content.decode()


def test_the_living_page_shows_all_components_in_german() -> None:
    page = living_page("de")
    assert '<html lang="de"' in page
    assert "48.210,00\xa0€" in page
    assert "Firma anlegen" in page
    assert page.count('data-theme="dark"') == len(samples.PARTS.split())


def test_the_living_page_shows_all_components_in_english() -> None:
    page = living_page("en")
    assert '<html lang="en"' in page
    assert "€48,210.00" in page
    assert "Add organisation" in page


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_living_page_needs_no_inline_script_or_style(language: str) -> None:
    assert inline_code(living_page(language)) == []


@pytest.mark.parametrize("page", ["shell", "list", "record", "board", "bare"])
def test_no_base_template_needs_inline_script_or_style(page: str) -> None:
    context = {"title": "T", "navigation": samples.navigation(), "tabs": samples.tabs()}
    html = render_to_string(f"ui/{page}.html", context, RequestFactory().get("/"))
    assert inline_code(html) == []
    assert "<title>T · Kundenkreis</title>" in html


@pytest.mark.parametrize("status", ["400", "403", "404", "500", "403_csrf"])
def test_error_pages_work_without_a_request(status: str) -> None:
    html = render_to_string(f"{status}.html")
    assert inline_code(html) == []
    assert html.count("<p>") == 2  # why it happened, and what to do next


@pytest.mark.parametrize(
    "html",
    [
        '<p style="color: red">',
        "<style>p {}</style>",
        "<script>alert(1)</script>",
        '<script type="module">import "x"</script>',
        '<a onclick="go()">',
        '<a hx-on:click="go()">',
        '<a href=" JavaScript:go()">',
    ],
)
def test_the_control_catches_inline_script_and_style(html: str) -> None:
    assert inline_code(html) != []


def test_data_blocks_and_files_are_no_inline_code() -> None:
    assert (
        inline_code('<script type="application/json">{}</script><script src="/a.js"></script>')
        == []
    )


@pytest.mark.parametrize("chosen", furniture.THEMES)
def test_it_remembers_the_theme(chosen: str) -> None:
    answer = views.theme(RequestFactory().post("/ui/theme/", {"theme": chosen}))
    assert answer.status_code == 204
    assert answer.cookies[furniture.THEME_COOKIE].value == chosen
    request = RequestFactory(headers={"cookie": f"{furniture.THEME_COOKIE}={chosen}"}).get("/")
    assert f'data-theme="{chosen}"' in render_to_string("ui/bare.html", {}, request)


def test_it_refuses_an_unknown_theme_and_ignores_a_forged_cookie() -> None:
    assert views.theme(RequestFactory().post("/", {"theme": '"><script>'})).status_code == 422
    request = RequestFactory(headers={"cookie": f"{furniture.THEME_COOKIE}=pink"}).get("/")
    assert 'data-theme="system"' in render_to_string("ui/bare.html", {}, request)
