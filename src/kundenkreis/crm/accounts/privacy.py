"""Why every column about staff is kept."""

from __future__ import annotations

from collections.abc import Mapping

from kundenkreis.kernel.privacy import TECHNICAL, Map, Use

_ACCOUNT = Use(
    "log-in of staff, employment contract",
    "6(1)(b)",
    "6m",
    "self",
    but="not kept yet: accounts of staff cannot be closed in this version",
)
_SETTING = Use("the person's own settings of the screen", "6(1)(b)", "record", "self")

_SESSION = Use("log-in of staff, employment contract", "6(1)(b)", "30d", "user", since="seen_at")

_LOGIN = Use("log-in of staff, employment contract", "6(1)(b)", "record", "user")
_UNUSED = Use("nothing: the product writes no row", "none")

PRIVACY: Map = {
    "Company": {
        **dict.fromkeys(("id", "name", "answers", "needs_factor"), TECHNICAL),
        "officer": Use("naming the data protection officer, GDPR Art. 30(1)", "6(1)(c)", "record"),
    },
    "Role": dict.fromkeys(
        ("id", "slug", "label", "grants", "fields", "needs_end", "needs_factor", "shipped"),
        TECHNICAL,
    ),
    "Team": dict.fromkeys(("id", "name", "parent"), TECHNICAL),
    "User": {
        **dict.fromkeys(
            (
                "id",
                "email",
                "name",
                "password",
                "is_active",
                "joined_at",
                "until",
                "factor_at",
                "sessions_ended_at",
                "undertaken",
                "last_login",
            ),
            _ACCOUNT,
        ),
        **dict.fromkeys(("teams", "roles"), _ACCOUNT),
        **dict.fromkeys(("language", "theme", "zone", "edits_lists", "single_keys"), _SETTING),
    },
    "Session": dict.fromkeys(
        (
            *("session_key", "session_data", "expire_date"),
            *("user", "device", "network", "began_at", "seen_at"),
        ),
        _SESSION,
    ),
    "UndertakingText": dict.fromkeys(("id", "version", "text", "published_at"), TECHNICAL),
    "Undertaking": dict.fromkeys(
        ("id", "user", "text", "at"),
        Use("accountability, GDPR Art. 5(2)", "6(1)(c)", "record", "user"),
    ),
    "Absence": dict.fromkeys(
        ("id", "user", "deputy", "starts_on", "ends_on", "seen_at"),
        Use("planning of work by staff", "6(1)(f)", "record", "user"),
    ),
    "ApiToken": dict.fromkeys(
        (
            "id",
            "user",
            "name",
            "digest",
            "scopes",
            "until",
            "created_at",
            "used_at",
            "revoked_at",
        ),
        Use("access of programs on behalf of staff", "6(1)(f)", "record", "user"),
    ),
}

# Tables that libraries bring, by the label of their app. What of them is about staff goes with the
# log-in of whoever leaves (`leaving_commands`).
LIBRARIES: Mapping[str, Map] = {
    "mfa": {
        "Authenticator": dict.fromkeys(
            ("id", "user", "type", "data", "created_at", "last_used_at"), _LOGIN
        )
    },
    "socialaccount": {
        "SocialApp": dict.fromkeys(
            ("id", "provider", "provider_id", "name", "client_id", "secret", "key", "settings"),
            _UNUSED,
        ),
        "SocialAccount": dict.fromkeys(
            ("id", "user", "provider", "uid", "last_login", "date_joined", "extra_data"), _LOGIN
        ),
        "SocialToken": dict.fromkeys(
            ("id", "app", "account", "token", "token_secret", "expires_at"), _UNUSED
        ),
    },
    "account": {
        "EmailAddress": dict.fromkeys(("id", "user", "email", "verified", "primary"), _LOGIN),
        "EmailConfirmation": dict.fromkeys(
            ("id", "email_address", "created", "sent", "key"), _UNUSED
        ),
    },
    "auth": {
        "Permission": dict.fromkeys(("id", "name", "content_type", "codename"), TECHNICAL),
        "Group": dict.fromkeys(("id", "name", "permissions"), _UNUSED),
    },
    "contenttypes": {"ContentType": dict.fromkeys(("id", "app_label", "model"), TECHNICAL)},
}
