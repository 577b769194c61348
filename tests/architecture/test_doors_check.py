"""The check of the write doors sees what goes around them, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.checks.allowed import Exceptions, Finding
from tools.checks.doors import managers, problems
from tools.paths import read

HERE = Path("src/kundenkreis/crm/sales/commands.py")


@pytest.mark.parametrize(
    "code",
    [
        "person.save()",
        "person.save(update_fields=['name'])",
        "form.save(commit=False)",
        "form.save(False)",
        "Person.objects.create(name='Anna')",
        "order.lines.create(**values)",
        "Person.objects.filter(pk=1).update(name='Anna')",
        "people.update(**values)",
        "person.delete()",
        "Person.objects.all().delete()",
        "people.delete(using='engage')",
        "Person.objects.bulk_create(people)",
        "Person.objects.bulk_update(people, ['name'])",
        "Person.objects.get_or_create(name='Anna')",
        "await Person.objects.aupdate_or_create(name='Anna')",
        "Person.objects.using('engage').first()",
        "from django.db import transaction",
        "from django.db.transaction import atomic",
        "with db.atomic(): pass",
        "hooks.on_commit(tell)",
        "connections['engage'].cursor()",
        "Person.objects.raw('SELECT 1')",
        "from django.db.models.expressions import RawSQL",
        "import sqlite3",
        "from psycopg import sql",
    ],
)
def test_it_notices_a_write_around_the_door(code: str) -> None:
    assert list(problems(HERE, code))


@pytest.mark.parametrize(
    "code",
    [
        "names.update({'a': 1})",
        "seen.update(other)",
        "digest.update(b'bytes')",
        "cache.delete('key')",
        "edit.save(request.POST)",
        "store.create(actor, Person, name='Anna')",
        "store.change(actor, person, name='Anna')",
        "kind.create(actor=actor, **values)",
        "win_opportunity(actor=actor, opportunity_id=1)",
        "from django.db import models",
        "connections['engage'].close()",
        "render(request, 'a.html', using='django')",
    ],
)
def test_it_leaves_other_calls_of_the_same_name_alone(code: str) -> None:
    assert not list(problems(HERE, code))


@pytest.mark.parametrize(
    "code",
    [
        "user.roles.set(roles)",
        "user.roles.set([])",
        "role.holders.add(user)",
        "await user.roles.aremove(role)",
        "user.roles.clear()",
        "pipeline.stage_set.add(stage)",
    ],
)
def test_it_notices_a_relation_that_is_changed_around_the_door(code: str) -> None:
    assert list(problems(HERE, code, related={"roles", "holders"}))


@pytest.mark.parametrize(
    "code",
    [
        "store.assign(actor, user, roles=roles)",
        "report.customers.add(number)",
        "seen.add(role)",
        "user.roles.filter(slug='sales')",
        "self._wake.set()",
        "store.remove(actor, role)",
    ],
)
def test_it_leaves_other_sets_alone(code: str) -> None:
    assert not list(problems(HERE, code, related={"roles", "holders"}))


def test_it_knows_the_relations_of_our_models() -> None:
    code = """class User(models.Model):
    roles = models.ManyToManyField(Role, related_name="holders")
    team = models.ForeignKey(Team, related_name="members")
    name = models.CharField(max_length=9)
"""
    assert set(managers(code)) == {"roles", "holders", "members"}
    accounts = read(Path("src/kundenkreis/crm/accounts/models.py"))
    assert {"roles", "teams", "holders", "members"} <= set(managers(accounts))


def test_a_screen_may_not_ask_a_model_but_a_context_may() -> None:
    code = "people = Person.objects.filter(name='Anna')"
    assert list(problems(HERE, code, screen=True))
    assert not list(problems(HERE, code))


def test_an_exception_covers_exactly_its_own_place() -> None:
    found = Finding(HERE, 3, ".save(", "goes around the door")
    entry = f'[[doors]]\npath = "{HERE}"\nwhat = ".save("\nreason = "the file is a picture"\n'
    assert Exceptions("doors", entry).apply([found]) == []
    elsewhere = found._replace(path=Path("src/kundenkreis/crm/people/commands.py"))
    assert len(Exceptions("doors", entry).apply([found, elsewhere])) == 1


def test_an_exception_that_nothing_needs_or_explains_is_a_problem() -> None:
    found = Finding(HERE, 3, ".save(", "goes around the door")
    entry = f'[[doors]]\npath = "{HERE}"\nwhat = ".save("\nreason = "{{}}"\n'
    assert "not needed" in Exceptions("doors", entry.format("it is a file")).apply([])[0]
    assert "no reason" in Exceptions("doors", entry.format("")).apply([found])[0]
