"""Undertaking confidentiality, and publishing the text of it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.accounts.models import Undertaking, UndertakingText, User
from kundenkreis.crm.accounts.undertaking_queries import PUBLISH
from kundenkreis.crm.accounts.undertaking_text import SHIPPED
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import Conflict, DomainError


@command
def publish_undertaking(*, actor: Actor, text: Mapping[str, str]) -> UndertakingText:
    """Publish another version of the text: everybody is asked anew, before they see anything.

    Raises `DomainError` without a text in both languages, or when nothing has changed.
    """
    actor.require(PUBLISH)
    last = store.rows(UndertakingText).order_by("-version").select_for_update().first()
    for language in SHIPPED:
        if not text.get(language, "").strip():
            raise DomainError(_("Enter the text in both languages."), field=language)
    if last is not None and last.text == dict(text):
        raise DomainError(
            _("This is the present text."), _("Nobody needs to be asked for the same again.")
        )
    version = last.version + 1 if last else 1
    return store.create(
        actor, UndertakingText, version=version, text=dict(text), published_at=clock.now()
    )


@command
def ship_undertaking(*, actor: Actor) -> None:
    """Publish the text that the product ships, where there is none yet."""
    if not store.rows(UndertakingText).exists():
        publish_undertaking(actor=actor, text=SHIPPED)


@command
def undertake(*, actor: Actor, version: int) -> Undertaking:
    """Undertake confidentiality for oneself, in the words of the present version.

    Raises `Conflict` when another version was published meanwhile.
    """
    user = store.lock(User, actor.user_id or 0)
    text = store.rows(UndertakingText).order_by("-version").first()
    if text is None or text.version != version:
        raise Conflict(
            _("The text has changed meanwhile."), hint=_("Read the present one, then agree to it.")
        )
    found = store.rows(Undertaking).filter(user=user, text=text).first()
    made = found or store.create(actor, Undertaking, user=user, text=text, at=clock.now())
    store.change(actor, user, derived={"undertaken": text.version})
    return made
