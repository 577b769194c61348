"""The inner role's WSGI application, behind what lets requests in."""

from __future__ import annotations

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kundenkreis.config.settings.inner")

pages = get_wsgi_application()

from kundenkreis.config.admission import Admission  # noqa: E402 - Django has to be set up before

# Whoever sends somebody away needs the interpreter for an instant only; with Python's 5 ms it would
# wait longer for its turn than pages take.
sys.setswitchinterval(0.000_5)

application = Admission(pages)
