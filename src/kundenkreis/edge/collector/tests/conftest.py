from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest

from kundenkreis.edge.testing import Edge, edge

POSTGRESQL = os.environ.get("KUNDENKREIS_TEST_POSTGRESQL", "")
StartEdge = Callable[..., AbstractContextManager[Edge]]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with migrated database and shop, to be copied."""
    home = tmp_path_factory.mktemp("edge-template")
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("KUNDENKREIS")},
        "KUNDENKREIS_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "kundenkreis.config.settings.edge",
    }
    subprocess.run(
        [sys.executable, "-m", "kundenkreis.edge.testing", "prepare"], env=env, check=True
    )
    return home


@pytest.fixture(scope="session")
def start_edge(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> StartEdge:
    """Start further edges, on the database of this test run."""

    @contextmanager
    def start(**options: str) -> Iterator[Edge]:
        home = tmp_path_factory.mktemp("edge")
        with ExitStack() as stack:
            if POSTGRESQL:
                database = stack.enter_context(_empty_database())
                yield stack.enter_context(edge(home, database=database, **options))
            else:
                template = request.getfixturevalue("prepared")
                yield stack.enter_context(edge(home, template=template, **options))

    return start


@pytest.fixture(scope="module")
def running(start_edge: StartEdge) -> Iterator[Edge]:
    """One edge for the tests of a module; they use visitors of their own."""
    with start_edge() as edge_:
        yield edge_


@pytest.fixture
def visitor() -> str:
    return f"visitor-{uuid.uuid4()}"


@contextmanager
def _empty_database() -> Iterator[str]:
    import psycopg

    name = f"test_edge_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        yield _renamed(POSTGRESQL, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


def _renamed(address: str, name: str) -> str:
    from urllib.parse import urlsplit

    return urlsplit(address)._replace(path=f"/{name}").geturl()
