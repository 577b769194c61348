"""The import contracts go red when an import points up, sideways or through the wall."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.checks.layers import problems

SOUND = {
    "kernel/store.py": "",
    "ui/formats.py": "from kundenkreis.kernel import store",
    "crm/people/models.py": "from kundenkreis.kernel import store",
    "crm/people/queries.py": "from kundenkreis.crm.people import models",
    "crm/sales/models.py": "from kundenkreis.crm.people import models",
    "crm/sales/commands.py": "from kundenkreis.crm.sales import models",
    "crm/sales/tests/test_commands.py": "from kundenkreis.web.crm import views",
    "engage/consent/queries.py": "from kundenkreis.kernel import store",
    "engage/tracking/queries.py": "from kundenkreis.engage.consent import queries",
    "link/apply.py": "from kundenkreis.crm.sales import commands",
    "web/shell/context.py": "from kundenkreis.crm.people import queries",
    "web/crm/views.py": "from kundenkreis.web.shell import context",
    "edge/collector.py": "from kundenkreis.engage.tracking import queries",
    "config/settings/edge.py": "",
}


def lay_out(folder: Path, **changes: str) -> Path:
    """A small package that keeps every rule, with changes; `__` stands for a slash."""
    package = folder / "kundenkreis"
    files = SOUND | {f"{name.replace('__', '/')}.py": code for name, code in changes.items()}
    for name, code in files.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code + "\n")
    for directory in [package, *(d for d in package.rglob("*") if d.is_dir())]:
        (directory / "__init__.py").touch()
    return package


def test_it_is_content_with_imports_that_point_down(tmp_path: Path) -> None:
    assert problems(lay_out(tmp_path)) == []


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("kernel__store", "from kundenkreis.crm.people import models"),
        ("ui__formats", "import kundenkreis.web.crm.views"),
        ("crm__people__models", "from kundenkreis.crm.sales import models"),
        ("crm__people__commands", "from kundenkreis.engage.consent import queries"),
        ("crm__sales__models", "from kundenkreis.crm.sales import commands"),
        ("crm__sales__queries", "from kundenkreis.crm.sales import commands"),
        ("engage__consent__queries", "from kundenkreis.engage.tracking import queries"),
        ("edge__offers", "from kundenkreis.web.shell import context"),
        ("web__shell__menu", "from kundenkreis.web.crm import views"),
    ],
)
def test_it_notices_an_import_that_points_up_or_sideways(
    tmp_path: Path, place: str, code: str
) -> None:
    assert problems(lay_out(tmp_path, **{place: code}))


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("edge__forms", "from kundenkreis.crm.people import queries"),
        ("engage__consent__jobs", "from kundenkreis.link import apply"),
        ("config__settings__edge", "from kundenkreis.link import apply"),
    ],
)
def test_it_notices_a_hole_in_the_wall(tmp_path: Path, place: str, code: str) -> None:
    assert "The wall" in "\n".join(problems(lay_out(tmp_path, **{place: code})))


def test_it_notices_a_folder_that_nobody_has_placed(tmp_path: Path) -> None:
    assert problems(lay_out(tmp_path, extras__tool=""))
    assert problems(lay_out(tmp_path, crm__extras__tool=""))
