"""Every page leads to a topic of the guide, in the reader's language."""

from __future__ import annotations

import pytest
from django.test import Client

from kundenkreis.crm.accounts.models import User
from kundenkreis.kernel.testing import BOTH
from kundenkreis.web.guide import topics
from kundenkreis.web.shell.navigation import entries

pytestmark = pytest.mark.django_db(databases=BOTH)


def test_every_page_of_the_navigation_is_explained() -> None:
    explained = {entry.url: topics.topic_for(entry.url) for entry in entries()}
    known = {one.slug for one in topics.topics("de")}
    assert {url: topic for url, topic in explained.items() if topic not in known} == {}


def test_both_languages_have_the_same_topics_in_the_same_order() -> None:
    german, english = topics.topics("de"), topics.topics("en")
    assert [one.slug for one in german] == [one.slug for one in english]
    assert {slug for _pattern, slug in topics.EXPLAINS} <= {one.slug for one in german}


@pytest.mark.parametrize(("language", "title"), [("de", "Rückgängig"), ("en", "Undo")])
def test_it_speaks_the_readers_language(anna: Client, language: str, title: str) -> None:
    User.objects.update(language=language)
    assert f"<h1>{title}</h1>" in anna.get("/help/undo/").content.decode()


@pytest.mark.parametrize(
    ("page", "topic"),
    [("/crm/persons/", "lists"), ("/crm/persons/import/", "import"), ("/crm/users/", "rights")],
)
def test_a_page_says_where_it_is_explained(anna: Client, page: str, topic: str) -> None:
    assert f'href="/help/{topic}/"' in anna.get(page).content.decode()


@pytest.mark.parametrize("address", ["/help/nothing/", "/help/pictures/nothing.png"])
def test_what_is_not_in_the_guide_is_not_found(anna: Client, address: str) -> None:
    assert anna.get(address).status_code == 404
