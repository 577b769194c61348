"""Inner settings on throw-away databases: SQLite files, or PostgreSQL when an address is given."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

# Before anything reads the environment: a test never touches a real data directory.
os.environ["KUNDENKREIS_HOME"] = tempfile.mkdtemp(prefix="kundenkreis-test-")

from kundenkreis.config import env
from kundenkreis.config.settings.inner import *  # noqa: F403
from kundenkreis.config.settings.inner import DATABASES, INSTALLED_APPS
from kundenkreis.kernel.sides import Side


def _tidy(home: str = os.environ["KUNDENKREIS_HOME"], owner: int = os.getpid()) -> None:
    if os.getpid() == owner:  # not a child that was forked from a test
        shutil.rmtree(home, ignore_errors=True)


atexit.register(_tidy)

_url = os.environ.get("KUNDENKREIS_TEST_POSTGRESQL")
for _alias, _name in (("default", "crm"), ("engage", "engage")):
    if _url:
        DATABASES[_alias] = env.postgresql(_url)
        DATABASES[_alias]["TEST"] = {"NAME": f"test_kundenkreis_{_name}"}
    else:
        DATABASES[_alias]["TEST"] = {"NAME": str(env.home() / f"{_name}.sqlite3")}
        # What a test writes need not survive a power cut.
        _init = DATABASES[_alias]["OPTIONS"]["init_command"]
        DATABASES[_alias]["OPTIONS"]["init_command"] = _init.replace("FULL", "OFF")
    DATABASES[_alias]["CONN_MAX_AGE"] = 0
    # Django lets every database wait for `default`; tests of one side make only their own.
    DATABASES[_alias]["TEST"]["DEPENDENCIES"] = []

env.secret(Side.ENGAGE)

# A type of record that only tests have: what a plain declaration gets.
INSTALLED_APPS += ["kundenkreis.records.tests.plain.apps.PlainConfig"]

ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
API_RATE = 0  # a frozen clock refills no bucket
_LOCMEM = {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
MAILERS = {"default": _LOCMEM, "bulk": _LOCMEM}
