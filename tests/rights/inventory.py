"""What every address of the staff side does, with what, and how far it reaches.

`action` is the right it needs: of the type for the pages of the record engine, in full elsewhere;
empty where everybody who is logged in may. `scope` says what it shows or changes: rows of a
`type`, one `row`, something of one's `own`, what a `batch` touched; or it is `public`,
or opened by a `token` only.
"""

from __future__ import annotations

from typing import NamedTuple

from tests.rights.addresses import Address


class Declared(NamedTuple):
    """`methods` are G and P."""

    action: str
    scope: str
    methods: str


READ_LIST, READ_ROW = Declared("read", "type", "G"), Declared("read", "row", "G")
MARK = Declared("read", "row", "P")
FIELD, FIELD_WRITE = Declared("field.change", "type", "GP"), Declared("field.change", "type", "P")

ENGINE: dict[str, Declared] = {
    **dict.fromkeys(("list", "suggestions", "filter", "columns", "count", "board"), READ_LIST),
    **dict.fromkeys(("bulk-runs", "bulk-all", "totals", "words"), READ_LIST),
    **dict.fromkeys(("record", "panel", "history"), READ_ROW),
    **dict.fromkeys(("star", "follow", "seen"), MARK),
    "undo": Declared("change", "batch", "P"),
    "bulk-field": Declared("change", "type", "G"),
    "bulk": Declared("change", "type", "P"),
    **dict.fromkeys(("bulk-run", "bulk-failures"), Declared("read", "own", "G")),
    "bulk-stop": Declared("read", "own", "P"),
    "views": Declared("read", "type", "GP"),
    "view": Declared("read", "own", "GP"),
    **dict.fromkeys(("view-keep", "view-remove", "view-restore"), Declared("read", "own", "P")),
    "new": Declared("create", "type", "GP"),
    **dict.fromkeys(
        ("shares", "edit", "fact", "cell", "next-step", "merge"), Declared("change", "row", "GP")
    ),
    **dict.fromkeys(("unshare", "move", "step-later", "step-done"), Declared("change", "row", "P")),
    "cells": Declared("change", "type", "P"),
    "remove": Declared("remove", "row", "P"),
    "bin": Declared("remove", "type", "G"),
    "import": Declared("import", "type", "GP"),
    **dict.fromkeys(("imported", "import-report"), Declared("import", "own", "G")),
    "import-step": Declared("import", "own", "P"),
    "export": Declared("export", "type", "G"),
    **dict.fromkeys(("exported", "exported-file"), Declared("export", "own", "G")),
    "fields": Declared("field.change", "type", "G"),
    **dict.fromkeys(("field-new", "layout"), FIELD),
    **dict.fromkeys(("field-order", "field-preview", "field-restore", "layout-reset"), FIELD_WRITE),
    "field": Declared("field.change", "own", "GP"),
    **dict.fromkeys(("field-archive", "field-remove"), Declared("field.change", "own", "P")),
}

TOKEN = Declared("", "token", "GP")  # by the rights of a token's owner: `test_api`
EVERYBODY, PUBLIC = Declared("", "own", "G"), Declared("", "public", "G")
OTHERS: dict[str, Declared] = {
    "add-activity": Declared("crm.activity.create", "row", "P"),
    "keep-draft": Declared("crm.person.read", "row", "P"),
    "tick": Declared("crm.activity.change", "row", "P"),
    "tasks": Declared("crm.activity.read", "type", "G"),
    **dict.fromkeys(("help", "help-topic", "help-picture"), EVERYBODY),
    **dict.fromkeys(("duplicates", "duplicates-status"), Declared("crm.person.read", "type", "G")),
    "duplicates-compare": Declared("crm.person.change", "own", "P"),
    "duplicate-decide": Declared("crm.person.change", "own", "P"),
    "alike": Declared("crm.person.create", "type", "P"),
    "more-timeline": Declared("crm.person.read", "row", "G"),
    "give-number": Declared("crm.person.change", "row", "P"),
    "data-quality": Declared("crm.person.read", "type", "G"),
    "enrichment": Declared("crm.person.change", "type", "GP"),
    **dict.fromkeys(("map", "map-points", "map-drawn"), Declared("crm.person.read", "type", "G")),
    "territory-outline": Declared("crm.territory.change", "row", "P"),
    "vat-check": Declared("crm.organisation.change", "row", "P"),
    "vat-state": Declared("crm.organisation.read", "row", "G"),
    "add-detail": Declared("crm.person.change", "row", "GP"),
    "edit-detail": Declared("crm.person.change", "row", "GP"),
    "change-detail": Declared("crm.person.change", "row", "P"),
    "add-affiliation": Declared("crm.person.change", "row", "GP"),
    "change-affiliation": Declared("crm.person.change", "row", "GP"),
    "add-relation": Declared("crm.relation.create", "type", "GP"),
    "remove-affiliation": Declared("crm.person.change", "row", "P"),
    **dict.fromkeys(
        ("request-answer", "request-extend", "request-rectify"),
        Declared("crm.datarequest.change", "row", "GP"),
    ),
    "informing": Declared("crm.person.read", "type", "G"),
    "informing-choose": Declared("crm.person.change", "type", "G"),
    "informing-note": Declared("crm.person.change", "type", "GP"),
    "person-not-informed": Declared("crm.person.change", "row", "P"),
    "person-disclose": Declared("crm.disclosure.create", "row", "GP"),
    **dict.fromkeys(
        ("disclosure-approve", "disclosure-encrypt"), Declared("crm.disclosure.create", "row", "P")
    ),
    "disclosure-file": Declared("crm.disclosure.create", "row", "P"),
    **dict.fromkeys(
        ("processing", "processing-file"), Declared("crm.processing.read", "type", "G")
    ),
    **dict.fromkeys(
        ("undertaking-list", "undertaking-file"), Declared("crm.undertaking.read", "type", "G")
    ),
    "undertaking-text": Declared("crm.undertaking.create", "type", "GP"),
    "undertaking": Declared("", "own", "GP"),
    "user-factor-reset": Declared("crm.user.change", "own", "P"),
    "factor-rule": Declared("crm.role.change", "own", "P"),
    **dict.fromkeys(
        ("openid_connect_login", "openid_connect_callback", "socialaccount_login_cancelled"), PUBLIC
    ),
    **dict.fromkeys(("mfa_authenticate", "mfa_login_webauthn"), PUBLIC),
    **dict.fromkeys(("mfa_index", "mfa_list_webauthn", "mfa_view_recovery_codes"), EVERYBODY),
    **dict.fromkeys(
        (
            *("mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp"),
            *("mfa_generate_recovery_codes", "mfa_add_webauthn", "mfa_remove_webauthn"),
            "mfa_reauthenticate_webauthn",
        ),
        Declared("", "own", "GP"),
    ),
    "retention": Declared("crm.retention.read", "type", "GP"),
    "person-restrict": Declared("crm.restriction.change", "row", "GP"),
    "person-free": Declared("crm.restriction.change", "row", "P"),
    "person-erase": Declared("crm.erasure.create", "row", "GP"),
    "takeover-start": Declared("crm.person.import", "type", "GP"),
    "takeover-example": Declared("crm.person.import", "type", "P"),
    **dict.fromkeys(("takeover", "takeover-report"), Declared("crm.person.import", "own", "G")),
    "takeover-file": Declared("crm.person.import", "own", "GP"),
    "takeover-step": Declared("crm.person.import", "own", "P"),
    "add-objection": Declared("crm.person.change", "row", "P"),
    "letter-finish": Declared("crm.letter.change", "row", "P"),
    "letter-print": Declared("crm.letter.read", "row", "P"),
    **dict.fromkeys(("letter-state", "letter-file"), Declared("crm.letter.read", "row", "G")),
    "page-pdf": Declared("crm.person.read", "row", "P"),
    "print-many": Declared("crm.letter.create", "type", "G"),
    "print-new": Declared("crm.letter.create", "type", "GP"),
    "print-list": Declared("crm.letter.create", "own", "G"),
    **dict.fromkeys(("print-run", "print-file"), EVERYBODY),
    "print-write": Declared("crm.letter.create", "own", "P"),
    "print-stop": Declared("", "own", "P"),
    "letterhead-logo": Declared("crm.letterhead.change", "row", "P"),
    "role-list": Declared("crm.role.read", "type", "G"),
    "role-new": Declared("crm.role.create", "type", "GP"),
    "role": Declared("crm.role.change", "own", "P"),
    "role-remove": Declared("crm.role.remove", "own", "P"),
    "user-access": Declared("crm.user.change", "own", "P"),
    "user-leaving": Declared("crm.user.change", "own", "GP"),
    "user-change": Declared("crm.user.change", "own", "P"),
    "user-invite": Declared("crm.user.change", "own", "P"),
    "user-sessions": Declared("crm.user.change", "own", "G"),
    "user-sessions-end": Declared("", "own", "P"),
    "session-list": EVERYBODY,
    "team-change": Declared("crm.team.change", "own", "P"),
    **dict.fromkeys(("absence-list",), Declared("", "own", "GP")),
    "webhook-list": Declared("crm.webhook.change", "type", "G"),
    "webhook-new": Declared("crm.webhook.create", "type", "GP"),
    "webhook": Declared("crm.webhook.change", "own", "G"),
    "webhook-change": Declared("crm.webhook.change", "own", "GP"),
    **dict.fromkeys(("webhook-act", "webhook-again"), Declared("crm.webhook.change", "own", "P")),
    "absence-done": EVERYBODY,
    **dict.fromkeys(("absence-end", "absence-seen"), Declared("", "own", "P")),
    "token-list": Declared("", "own", "GP"),
    "token-revoke": Declared("", "own", "P"),
    **dict.fromkeys(("field-types", "day"), EVERYBODY),
    "source-renew": Declared("engage.source.change", "row", "P"),
    "live-count": Declared("engage.segment.read", "type", "G"),
    "segment-definition": Declared("engage.segment.change", "row", "P"),
    "segment-why": Declared("engage.segment.read", "row", "G"),
    "segment-state": Declared("engage.segment.change", "row", "P"),
    "campaign-draft": Declared("engage.campaign.change", "row", "GP"),
    **dict.fromkeys(
        ("campaign-start", "campaign-end"), Declared("engage.campaign.change", "row", "P")
    ),
    "experiments": Declared("insight.experiment.read", "type", "G"),
    "experiment": Declared("insight.experiment.read", "row", "G"),
    "operation": Declared("crm.operation.read", "type", "G"),
    "release": Declared("crm.operation.change", "own", "P"),
    "outbox": Declared("crm.operation.change", "type", "G"),
    "try_mail_again": Declared("crm.operation.change", "own", "P"),
    "checklist": Declared("crm.operation.change", "type", "GP"),
    "go_live": Declared("crm.operation.change", "type", "GP"),
    "retry_job": Declared("crm.operation.change", "own", "P"),
    "dead_letter": Declared("link.message.change", "own", "P"),
    **dict.fromkeys(("api-reference", "api-reference-file", "api-reference-type"), EVERYBODY),
    **dict.fromkeys(("home", "palette", "own", "inbox", "push-worker", "patterns"), EVERYBODY),
    "notice-settings": Declared("", "own", "GP"),
    **dict.fromkeys(
        ("inbox-read", "notice-read", "push", "preferences", "theme"), Declared("", "own", "P")
    ),
    **dict.fromkeys(("source", "health", "welcome", "set_language", "invitation", "reset"), PUBLIC),
    **dict.fromkeys(("account_login", "account_logout", "account_inactive"), PUBLIC),
    **dict.fromkeys(
        ("account_change_password", "account_reauthenticate"), Declared("", "own", "GP")
    ),
    **dict.fromkeys(
        (
            "api-description",
            "api-collection",
            "api-batch",
            "api-record",
            "api-history",
            "api-timeline",
            "api-nowhere",
        ),
        TOKEN,
    ),
    # allauth's own, which are switched off here
    **dict.fromkeys(("account_signup", "account_reset_password", "account_set_password"), PUBLIC),
}


def declared(one: Address) -> Declared | None:
    """What an address does; None for one that nobody has thought about."""
    if one.kind is None:
        return OTHERS.get(one.name)
    found = ENGINE.get(one.view)
    if found is None:
        return None
    # A field of the company's own is no record: who may define them has one right per side.
    right = found.action if "." not in found.action else ""
    action = f"{one.kind.subject}.{right}" if right else f"{one.kind.side}.{found.action}"
    return found._replace(action=action)
