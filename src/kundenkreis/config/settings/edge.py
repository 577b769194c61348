"""The public roles: `edge` and `pulse`. They know the engage database and nothing of the crm."""

from __future__ import annotations

from typing import Any

from kundenkreis.config import env
from kundenkreis.config.settings.common import *  # noqa: F403
from kundenkreis.config.settings.common import BOTH_SIDES, ENGAGE, TLS
from kundenkreis.kernel.sides import Side

ALLOWED_HOSTS = [env.text("EDGE_HOST", "localhost")]
SECRET_KEY = env.secret(Side.ENGAGE)
ROOT_URLCONF = "kundenkreis.config.urls_edge"
ASGI_APPLICATION = "kundenkreis.config.asgi.application"

SECRET_FILES = {Side.ENGAGE: env.secret_file(Side.ENGAGE)}
# `default` is empty on purpose: code that forgets which side it is on fails here.
DATABASES: dict[str, dict[str, Any]] = {"default": {}, "engage": env.database(Side.ENGAGE)}

INSTALLED_APPS = [*BOTH_SIDES, *ENGAGE, "kundenkreis.edge.apps.EdgeConfig"]
# Nobody logs in here: the one form chooses a language, and a visitor gets no cookie for reading.
SILENCED_SYSTEM_CHECKS = ["security.W003"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
_PREFIX = "__Host-" if TLS else ""
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_NAME = f"{_PREFIX}kk_edge"
LANGUAGE_COOKIE_NAME = "kk_edge_language"
