"""The page on which administrators arrange what the pages of a record type show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kundenkreis.kernel.errors import NotFound
from kundenkreis.kernel.fields import LANGUAGES
from kundenkreis.records.custom import definitions, layout
from kundenkreis.records.custom.arranging import arrange_page, reset_page
from kundenkreis.records.custom.defining import require
from kundenkreis.records.declaration import name_of
from kundenkreis.records.page import facts
from kundenkreis.records.page.relatedlists import ways
from kundenkreis.records.views import show
from kundenkreis.records.views.fields import tabs, trail

if TYPE_CHECKING:
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.models import PageLayout
    from kundenkreis.records.requests import StaffRequest

GROUP, HIDDEN = "group:", "hidden:"  # what marks a heading among the items of the form


@require_http_methods(["GET", "POST"])
def layout_page(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """Groups and facts in one list that is put in order by hand, for everybody or for a role."""
    viewer = request.viewer
    require(viewer, kind)
    roles = layout.roles(viewer)
    role = request.GET.get("role", "")
    if role and role not in dict(roles):
        raise NotFound
    if request.method == "POST":
        sections, hidden = _read(request.POST)
        lists, off = _read_lists(request.POST)
        arrange_page(
            actor=viewer, kind=kind, role=role, sections=sections, hidden=hidden + off, lists=lists
        )
        messages.success(request, _("The pages are arranged so now."))
        return redirect(request.get_full_path())
    known = definitions.layouts(kind.model)
    context = {
        "title": _("Layout of the page"),
        "trail": trail(kind),
        "tabs": tabs(kind, "layout"),
        "role": role,
        "roles": [(name, label, name in known) for name, label in roles],
        "own": role in known,
        "items": list(_items(kind, known.get(role) or known.get(layout.EVERYBODY))),
        "lists": list(_lists(kind, known.get(role) or known.get(layout.EVERYBODY))),
        "languages": _languages({}),
    }
    return show(request, kind, "layout", context)


@require_POST
def reset_layout(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """As the product ships it; for a role as everybody sees it."""
    role = request.POST.get("role", "")
    reset_page(actor=request.viewer, kind=kind, role=role)
    messages.success(request, _("The pages are as before."))
    return redirect(f"{kind.url('layout')}?role={role}" if role else kind.url("layout"))


def _items(kind: RecordType, chosen: PageLayout | None) -> Any:
    """Headings and facts as one list; what is below the last heading is not shown."""
    groups = layout.base(kind)
    shipped = {one.key: str(one.title) for one in layout.shipped(kind)}
    titles = {one["key"]: one.get("title") or {} for one in chosen.sections} if chosen else {}
    shown = layout.arranged(groups, chosen) if chosen else groups
    for section in shown:
        yield {
            "item": f"{GROUP}{section.key}",
            "label": str(section.title),
            "shipped": shipped.get(section.key, ""),
            "languages": _languages(titles.get(section.key, {})),
        }
        yield from (_fact(kind, fact) for fact in section.facts)
    yield {"item": GROUP, "label": _("New group"), "shipped": "", "languages": _languages({})}
    yield {"item": HIDDEN, "label": _("Not on the page")}
    have = {name_of(fact) for section in shown for fact in section.facts}
    yield from (
        _fact(kind, one) for group in groups for one in group.facts if name_of(one) not in have
    )


def _lists(kind: RecordType, chosen: PageLayout | None) -> Any:
    """Related lists in order; what is below the last heading is not shown."""
    titles = {way.name: way.title for way in ways(kind)}
    shown = layout.lists_in(chosen, titles)
    if not titles:
        return
    yield from ({"item": name, "label": titles[name], "fact": True} for name in shown)
    yield {"item": HIDDEN, "label": _("Not on the page")}
    off = (name for name in titles if name not in shown)
    yield from ({"item": name, "label": titles[name], "fact": True} for name in off)


def _read_lists(data: Any) -> tuple[list[str], list[str]]:
    """The related lists of the form in their order, and those that are hidden."""
    named = data.getlist("list")
    at = named.index(HIDDEN) if HIDDEN in named else len(named)
    return named[:at], [f"{layout.LIST}{name}" for name in named[at + 1 :]]


def _fact(kind: RecordType, fact: Any) -> dict[str, Any]:
    return {"item": name_of(fact), "label": facts.label_of(kind, fact), "fact": True}


def _languages(title: dict[str, str]) -> list[tuple[str, str, str]]:
    names = {code: str(label) for code, label in settings.LANGUAGES if code in LANGUAGES}
    return [(code, names[code], title.get(code, "")) for code in LANGUAGES]


def _read(data: Any) -> tuple[list[dict[str, Any]], list[str]]:
    """Groups and hidden facts of the form's items, in their order."""
    titles = zip(*(data.getlist(f"title.{code}") for code in LANGUAGES), strict=False)
    sections: list[dict[str, Any]] = []
    hidden: list[str] = []
    into: list[str] = []
    for item in data.getlist("item"):
        if item == HIDDEN:
            into = hidden
        elif item.startswith(GROUP):
            title = dict(zip(LANGUAGES, next(titles, ()), strict=False))
            sections.append({"key": item.removeprefix(GROUP), "title": title, "facts": []})
            into = sections[-1]["facts"]
        elif not sections and into is not hidden:
            hidden.append(item)
        else:
            into.append(item)
    return sections, hidden
