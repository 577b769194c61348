"""Settings every role shares."""

from __future__ import annotations

from logging import LogRecord
from pathlib import Path
from typing import Any

from django.utils.csp import CSP
from django.utils.log import CallbackFilter
from django.utils.translation import gettext_lazy as _

from kundenkreis.config import env

SOURCE = Path(__file__).resolve().parents[2]

DEBUG = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASE_ROUTERS = ["kundenkreis.config.router.SideRouter"]
TASKS: dict[str, dict[str, Any]] = {
    side: {"BACKEND": "kundenkreis.kernel.jobs.backend.JobBackend"} for side in ("crm", "engage")
}
TASKS["default"] = {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}

USE_TZ = True
TIME_ZONE = "UTC"
COMPANY_ZONE = env.text("ZONE", "Europe/Berlin")
LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("German")), ("en", _("English"))]
LOCALE_PATHS = [SOURCE / "locale"]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
            ],
        },
    }
]

# No inline script or style anywhere, hence no nonce.
SECURE_CSP: dict[str, Any] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "manifest-src": [CSP.SELF],
}
# Pictures of streets below the map, as a template like https://…/{z}/{x}/{y}.png; off by default:
# whoever serves them sees which part of the map is looked at.
MAP_TILES = env.web_address("MAP_TILES")
MAP_TILES_CREDIT = env.text("MAP_TILES_CREDIT")
if MAP_TILES:
    SECURE_CSP["img-src"].append(env.origin(MAP_TILES))
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS: list[str] = []

# TLS is what a reverse proxy adds; on loopback there is none.
TLS = env.text("TLS") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31_536_000 if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = TLS
SECURE_SSL_REDIRECT = TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TLS else None

STATIC_URL = "/static/"

# Where the source of this version is (AGPL § 13); without it the product hands it out itself.
SOURCE_URL = env.web_address("SOURCE_URL")
DATA_FOLDERS = env.data_folders()
JOURNAL_COPY = env.text("JOURNAL_COPY")


def _as_one_line(record: LogRecord) -> bool:
    """What strangers do wrong is no fault of ours to be traced: a foreign Host, too many fields."""
    record.exc_info = record.exc_text = None
    return True


_CONSOLE = {"class": "logging.StreamHandler", "formatter": "plain"}
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"one_line": {"()": CallbackFilter, "callback": _as_one_line}},
    "handlers": {"console": _CONSOLE, "strangers": {**_CONSOLE, "filters": ["one_line"]}},
    "loggers": {"django.security": {"handlers": ["strangers"], "propagate": False}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "WARNING")},
}

BOTH_SIDES = ["kundenkreis.kernel.apps.KernelConfig", "kundenkreis.ui.apps.UiConfig"]
ENGAGE = [
    "kundenkreis.engage.profiles.apps.ProfilesConfig",
    "kundenkreis.engage.consent.apps.ConsentConfig",
    "kundenkreis.engage.tracking.apps.TrackingConfig",
    "kundenkreis.engage.segments.apps.SegmentsConfig",
    "kundenkreis.engage.campaigns.apps.CampaignsConfig",
]
