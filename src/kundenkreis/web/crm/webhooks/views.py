"""Webhooks: who outside is told what, whether it arrived, and trying it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kundenkreis.crm.accounts.queries import staff_names
from kundenkreis.crm.webhooks import commands, queries
from kundenkreis.crm.webhooks.models import Message, Webhook
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records.formfields import ChoicesField
from kundenkreis.records.registry import TYPES
from kundenkreis.ui.furniture import NavigationItem

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.requests import StaffRequest

PAGE = 50
TONES = {"waiting": "amber", "delivered": "green", "dead": "red", "kept": ""}


class WebhookForm(forms.Form):
    """Where it is, and what it is told."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("Which system is told?"),
    )
    address = forms.CharField(
        label=gettext_lazy("Web address"),
        max_length=500,
        help_text=gettext_lazy(
            "Begins with https://. Receivers in your own network are allowed by whoever operates "
            "this installation."
        ),
    )
    kinds = ChoicesField(
        label=gettext_lazy("Only these types of records"),
        required=False,
        help_text=gettext_lazy("None chosen: all types that you may read."),
    )
    events = ChoicesField(
        label=gettext_lazy("Only when they are"),
        required=False,
        help_text=gettext_lazy("None chosen: always."),
    )

    def __init__(self, viewer: Viewer, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        kinds = [(kind.name, kind.title) for kind in TYPES.values() if kind.may(viewer, "read")]
        self._set("kinds", sorted(kinds, key=lambda one: str(one[1]).casefold()))
        self._set("events", list(Webhook.Event.choices))

    def _set(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, ChoicesField)  # noqa: S101 - declared above
        field.choices = choices


@require_safe
def webhook_list(request: StaffRequest) -> HttpResponse:
    viewer = request.viewer
    hooks = queries.webhooks(viewer)
    owners = staff_names({hook.owner_id for hook in hooks})
    context = {
        "title": _("Webhooks"),
        "title_icon": "webhook",
        "hooks": [(hook, owners.get(hook.owner_id, "")) for hook in hooks],
        "may_create": viewer.may("crm.webhook.create"),
    }
    return render(request, "webhooks/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_webhook(request: StaffRequest) -> HttpResponse:
    """A form; then the page of what was made, with its secret this once."""
    viewer = request.viewer
    viewer.require("crm.webhook.create")
    form = WebhookForm(viewer, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            hook, secret = commands.add_webhook(actor=viewer, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return _page(request, hook, secret)
    return _form(request, form, _("New webhook"), reverse("webhook-list"))


@require_http_methods(["GET", "HEAD", "POST"])
def change_webhook(request: StaffRequest, pk: int) -> HttpResponse:
    viewer = request.viewer
    hook = queries.webhook(viewer, pk)
    viewer.require("crm.webhook.change")
    now = {name: getattr(hook, name) for name in ("name", "address", "kinds", "events")}
    form = WebhookForm(viewer, request.POST if request.method == "POST" else None, initial=now)
    if form.is_bound and form.is_valid():
        try:
            commands.change_webhook(actor=viewer, webhook_id=pk, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("webhook", pk)
    return _form(request, form, hook.name, reverse("webhook", args=[pk]))


@require_safe
def webhook_page(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, queries.webhook(request.viewer, pk))


@require_POST
def act(request: StaffRequest, pk: int, what: str) -> HttpResponse:
    """Ping, stop, start, renew the secret, or delete."""
    viewer = request.viewer
    if what == "secret":
        secret = commands.renew_secret(actor=viewer, webhook_id=pk)
        return _page(request, queries.webhook(viewer, pk), secret)
    if what == "remove":
        commands.remove_webhook(actor=viewer, webhook_id=pk)
        messages.success(request, _("The webhook was deleted."))
        return redirect("webhook-list")
    acts = {
        "ping": (commands.ping, _("A test message goes out within seconds.")),
        "stop": (commands.stop_webhook, _("Nothing more is sent.")),
        "start": (commands.start_webhook, _("From now on it is told again.")),
    }
    if what not in acts:
        raise Http404
    command, said = acts[what]
    command(actor=viewer, webhook_id=pk)
    messages.success(request, said)
    return redirect("webhook", pk)


@require_POST
def send_again(request: StaffRequest, message_id: int) -> HttpResponse:
    message = commands.send_again(actor=request.viewer, message_id=message_id)
    messages.success(request, _("It is tried again."))
    return redirect("webhook", message.webhook_id)


def _page(request: StaffRequest, hook: Webhook, secret: str = "") -> HttpResponse:
    viewer, state = request.viewer, request.GET.get("state", "")
    before = request.GET.get("before", "")
    shown = queries.messages(
        viewer, hook, state, int(before) if before.isdigit() else None, PAGE + 1
    )
    url = reverse("webhook", args=[hook.pk])
    chosen = f"state={state}&" if state in Message.State.values else ""
    context = {
        "title": hook.name,
        "title_icon": "webhook",
        "trail": [{"label": _("Webhooks"), "url": reverse("webhook-list")}],
        "hook": hook,
        "secret": secret,
        "owner": staff_names({hook.owner_id}).get(hook.owner_id, ""),
        "kinds": ", ".join(TYPES[name].title for name in hook.kinds if name in TYPES),
        "events": ", ".join(
            str(label) for value, label in Webhook.Event.choices if value in hook.events
        ),
        "tabs": _tabs(url, state),
        "messages_shown": [_line(viewer, one) for one in shown[:PAGE]],
        "next_url": f"{url}?{chosen}before={shown[PAGE - 1].pk}" if len(shown) > PAGE else "",
        "may_change": viewer.may("crm.webhook.change"),
        "may_remove": viewer.may("crm.webhook.remove"),
    }
    return render(request, "webhooks/webhook.html", context)


def _tabs(url: str, state: str) -> list[NavigationItem]:
    names = [("", _("All")), *Message.State.choices]
    return [
        NavigationItem(
            str(label), f"{url}?state={name}" if name else url, "", current=name == state
        )
        for name, label in names
    ]


def _line(viewer: Viewer, message: Message) -> dict[str, Any]:
    """A message as the log shows it; the record is linked for whom may read its type."""
    found = queries.kind_of(message.target)
    known = found is not None and found[0].may(viewer, "read")
    what = dict(Webhook.Event.choices).get(message.event, _("test message"))
    return {
        "message": message,
        "record": f"{found[0].label} {found[1]}" if found and known else message.target,
        "url": found[0].url(found[1]) if found and known and message.event != "deleted" else "",
        "what": what,
        "tone": TONES[message.state],
    }


def _form(request: StaffRequest, form: WebhookForm, title: str, back: str) -> HttpResponse:
    context = {
        "title": title,
        "trail": [{"label": _("Webhooks"), "url": reverse("webhook-list")}],
        "form": form,
        "submit": _("Save"),
        "cancel_url": back,
    }
    return render(request, "accounts/form.html", context, status=422 if form.errors else 200)
