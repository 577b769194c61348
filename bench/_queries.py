"""What a page asks the databases, and how long nothing but that takes."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import Any

Query = tuple[str, str, Any]  # database, SQL, parameters


def queries_of(host: str, path: str, email: str) -> list[Query]:
    """The reads of a page, found by rendering it in this process once as that user."""
    from django.db import connections
    from django.test import Client

    from kundenkreis.crm.accounts.models import User

    found: list[Query] = []
    inside = Client(HTTP_HOST=host)
    inside.force_login(User.objects.get(email=email))

    def note(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT"):
            found.append((context["connection"].alias, sql, parameters))
        return execute(sql, parameters, many, context)

    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(note))
        inside.get(path)
    return found


def run(queries: list[Query]) -> float:
    """Seconds for nothing but these queries."""
    from django.db import connections

    began = time.perf_counter()
    for alias, sql, parameters in queries:
        with connections[alias].cursor() as cursor:
            cursor.execute(sql, parameters)
            cursor.fetchall()
    return time.perf_counter() - began
