"""Set-based answers: who fulfils a definition, at an instant, asked of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections
from django.db.models import QuerySet

from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.segments.definitions import PEOPLE
from kundenkreis.kernel.conditions import Moment, Node, node_q, pending_q
from kundenkreis.kernel.sides import Side


def everybody() -> QuerySet[Profile]:
    """All people that may be used: profiles that were not merged into another one."""
    return Profile.objects.filter(canonical_id__isnull=True, restricted=False)


def people(tree: Node, moment: Moment) -> QuerySet[Profile]:
    """Who fulfils the tree. Events after the instant are ignored; memberships of other segments,
    traits, facts and consents count as they are now."""
    return everybody().filter(node_q(tree, PEOPLE, moment))


def pending(tree: Node, moment: Moment) -> QuerySet[Profile]:
    """Whose answer time alone may change."""
    return everybody().filter(pending_q(tree, PEOPLE, moment))


@contextmanager
def roomy() -> Iterator[None]:
    """Let PostgreSQL hash sub-queries of millions of people; its default of 4 MB would fall back
    to comparing every row with every other one."""
    connection = connections[Side.ENGAGE.alias]
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '64MB'")
        try:
            yield
        finally:
            if not connection.needs_rollback and connection.is_usable():
                cursor.execute("RESET work_mem")


def count(tree: Node, moment: Moment) -> int:
    """How many people fulfil the tree at the instant."""
    with roomy():
        return people(tree, moment).count()
