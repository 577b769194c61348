"""The views above a list: shown as tabs, saved, named, shared, pinned and deleted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from kundenkreis.kernel.errors import NotFound
from kundenkreis.records import directory
from kundenkreis.records.lists import saved_views
from kundenkreis.records.lists.addresses import changed
from kundenkreis.records.lists.filters import PAGING
from kundenkreis.records.lists.state import ALL, NAMES, VIEW, State, built_in, content_of, state_of
from kundenkreis.records.models import SavedView
from kundenkreis.records.registry import displays
from kundenkreis.records.views import show

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest

Sharing = SavedView.Sharing
TABS = 5  # pinned views that stand as tabs; the menu has all


@dataclass(frozen=True, slots=True)
class Tab:
    """One view to go to."""

    label: str
    url: str
    icon: str
    current: bool


@dataclass(slots=True)
class Views:
    """What stands above a list: tabs, the menu of all views, and the other way to show them."""

    tabs: list[Tab] = field(default_factory=list)
    groups: list[tuple[str, list[Tab]]] = field(default_factory=list)
    displays: list[Tab] = field(default_factory=list)
    current: str = ""
    may_keep: bool = False
    reset_url: str = ""


def above(
    request: StaffRequest, kind: RecordType, *, board: bool, display: str = ""
) -> tuple[str, dict[str, Any]]:
    """The address of the view that the user's lists of this type start with, where none was asked
    for; and what the templates need for the tabs and for changed views."""
    saved = saved_views.views_of(kind, request.viewer)
    start = next((one for one in saved if one.starts and not request.GET), None)
    state = state_of(kind, request.viewer, request.GET, board=board)
    saving = changed("", state.parameters, **dict.fromkeys(PAGING, ""), board="1" if board else "")
    return url_of(kind, start) if start else "", {
        "tabs": True,
        "state": state,
        "saving": saving,
        "views": views_above(kind, request.viewer, saved, state, board=board, display=display),
    }


def views_above(
    kind: RecordType,
    viewer: Viewer,
    saved: list[Any],
    state: State,
    *,
    board: bool,
    display: str = "",
) -> Views:
    """The tabs above a list or board."""
    own = built_in(kind, viewer)
    icons = {ALL: kind.icon, "mine": "user", "recent": "clock"}
    here = kind.url("board") if board else kind.url(*filter(None, [display]))
    first = [
        Tab(str(NAMES[name]), f"{here}?{VIEW}={name}", icons[name], state.base == name)
        for name in own
    ]
    tab_of = {one.pk: _tab(kind, one, state) for one in saved}
    pinned = [tab_of[one.pk] for one in saved if one.pinned][:TABS]
    now = [tab_of[one.pk] for one in saved if state.base == str(one.pk)]
    found = Views([*first, *pinned, *(tab for tab in now if tab not in pinned)])
    found.groups = [("", first)]
    for label, some in (
        (_("My views"), [one for one in saved if one.owner_id == viewer.user_id]),
        (_("Shared with me"), [one for one in saved if one.owner_id != viewer.user_id]),
    ):
        if some:
            found.groups.append((label, [tab_of[one.pk] for one in some]))
    found.current = next((tab.label for tab in found.tabs if tab.current), "")
    others = displays(kind, viewer)
    if kind.board or others:
        table = not board and not display
        found.displays = [Tab(_("Table"), f"{kind.url()}{state.query}", "table-2", table)]
    if kind.board:
        url = f"{kind.url('board')}{state.query}"
        found.displays.insert(0, Tab(_("Board"), url, "square-kanban", board))
    for one in others:
        url = f"{kind.url(one.part)}{state.query}"
        found.displays.append(Tab(str(one.label), url, one.icon, display == one.part))
    if state.view is not None:
        found.may_keep = saved_views.may_change(kind, viewer, state.view)
        found.reset_url = url_of(kind, state.view)
    return found


def url_of(kind: RecordType, view: SavedView) -> str:
    """The address that opens a view, to be passed on."""
    address = kind.url("board") if view.board and kind.board else kind.url()
    return f"{address}?{VIEW}={view.pk}"


def _tab(kind: RecordType, view: SavedView, state: State) -> Tab:
    icons = {Sharing.PRIVATE: "lock", Sharing.TEAM: "users-round", Sharing.PUBLIC: "globe"}
    current = state.base == str(view.pk)
    return Tab(view.name, url_of(kind, view), icons[Sharing(view.sharing)], current)


class ViewForm(forms.Form):
    """What a view is called, who sees it, and what it is to its user."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    sharing = forms.ChoiceField(label=gettext_lazy("Who sees it"))
    pinned = forms.BooleanField(label=gettext_lazy("Show as a tab"), required=False)
    starts = forms.BooleanField(
        label=gettext_lazy("Open this list with this view from now on"), required=False
    )

    def __init__(self, kind: RecordType, viewer: Viewer, view: SavedView | None, **more: Any):
        super().__init__(auto_id="view-%s", **more)
        teams = set(viewer.team_ids) | ({view.team_id} if view and view.team_id else set())
        found = directory.LOOKUPS.get("team_id")
        named = found.names(teams) if found else {}
        choices = [(str(Sharing.PRIVATE), str(Sharing.PRIVATE.label))]
        choices += [(f"team:{pk}", _("Team %(name)s") % {"name": named[pk]}) for pk in named]
        if viewer.may(saved_views.share_right(kind)) or (view and view.sharing == Sharing.PUBLIC):
            choices.append((str(Sharing.PUBLIC), str(Sharing.PUBLIC.label)))
        self.fields["sharing"] = forms.ChoiceField(label=_("Who sees it"), choices=choices)

    @property
    def values(self) -> dict[str, Any]:
        """Name and sharing, as commands take them."""
        sharing, _colon, team = self.cleaned_data["sharing"].partition(":")
        name = self.cleaned_data["name"]
        return {"name": name, "sharing": sharing, "team_id": int(team) if team else None}

    @property
    def choice(self) -> dict[str, bool]:
        return {name: self.cleaned_data[name] for name in ("pinned", "starts")}


@require_http_methods(["GET", "POST"])
def new_view(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """Save what the list shows now as a new view."""
    viewer = request.viewer
    viewer.require(kind.right("read"))
    form = ViewForm(kind, viewer, None, initial={"pinned": True}, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        state = content_of(kind, viewer, request.GET)
        view = saved_views.save(kind, viewer, state, board=_board(request), **form.values)
        saved_views.choose(kind, viewer, view.pk, **form.choice)
        return _done(request, _("The view “%(name)s” was saved.") % {"name": view}, kind, view)
    return _dialog(request, kind, form, None)


@require_http_methods(["GET", "POST"])
def change_view(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """Name, sharing and place of a view; whoever may not change it still pins it for themselves."""
    viewer = request.viewer
    view = _view(kind, viewer, pk)
    may = saved_views.may_change(kind, viewer, view)
    known = next((one for one in saved_views.views_of(kind, viewer) if one.pk == pk), None)
    sharing = f"team:{view.team_id}" if view.team_id else view.sharing
    initial = {"name": view.name, "sharing": sharing}
    initial |= {"pinned": known.pinned, "starts": known.starts} if known else {}
    form = ViewForm(kind, viewer, view, initial=initial, data=request.POST or None)
    for name in ("name", "sharing"):
        form.fields[name].disabled = not may
    if request.method == "POST" and form.is_valid():
        if may:
            view = saved_views.change(kind, viewer, pk, **form.values)
        saved_views.choose(kind, viewer, pk, **form.choice)
        return _done(request, _("Saved."), kind, view)
    return _dialog(request, kind, form, view)


@require_POST
def keep_view(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """Let the view be what its list has become."""
    state = content_of(kind, request.viewer, request.GET)
    view = saved_views.keep(kind, request.viewer, pk, state, board=_board(request))
    return _done(request, _("The view “%(name)s” was saved.") % {"name": view}, kind, view)


@require_POST
def remove_view(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """Delete a view; the message that says so takes it back."""
    view = _view(kind, request.viewer, pk)
    batch = saved_views.remove(kind, request.viewer, pk)
    text = _("The view “%(name)s” was deleted.") % {"name": view}
    messages.success(request, text, extra_tags=kind.url("views", "restore", batch))
    return HttpResponse(headers={"HX-Redirect": f"{kind.url()}?{VIEW}={ALL}"})


@require_POST
def restore_view(request: StaffRequest, kind: RecordType, batch: str) -> HttpResponse:
    """Bring a deleted view back."""
    view = saved_views.restore(kind, request.viewer, batch)
    return _done(request, _("The view “%(name)s” is back.") % {"name": view}, kind, view)


def _view(kind: RecordType, viewer: Viewer, pk: int) -> SavedView:
    viewer.require(kind.right("read"))
    view = saved_views.find(kind, viewer, pk)
    if view is None:
        raise NotFound
    return view


def _board(request: StaffRequest) -> bool:
    return "board" in request.GET


def _done(request: StaffRequest, text: str, kind: RecordType, view: SavedView) -> HttpResponse:
    messages.success(request, text)
    return HttpResponse(headers={"HX-Redirect": url_of(kind, view)})


def _dialog(
    request: StaffRequest, kind: RecordType, form: ViewForm, view: SavedView | None
) -> HttpResponse:
    context = {
        "form": form,
        "view": view,
        "action": request.get_full_path(),
        "may_remove": view is not None and saved_views.may_change(kind, request.viewer, view),
        "remove_url": kind.url("views", view.pk, "remove") if view else "",
        "link": request.build_absolute_uri(url_of(kind, view)) if view else "",
    }
    answer = show(request, kind, "view", context, status=422 if form.is_bound else 200)
    if form.is_bound:
        answer["HX-Retarget"], answer["HX-Reswap"] = "#dialogs", "innerHTML"
    return answer
