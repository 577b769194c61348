"""The inner role's WSGI application."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kundenkreis.config.settings.inner")

application = get_wsgi_application()
